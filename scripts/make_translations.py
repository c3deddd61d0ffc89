"""The catalogues of translations/: texts are found in the sources, po files brought up to date, mo files made of them.

make translations              what is new stands in the po files with an empty translation
make translations ARGS=--check changes nothing; fails when something is missing or not translated

Domain `messages`: what people read, Russian in the source, through `_()`. Domain `errors`: sentences of the API's
problem documents, English in the source, which the dashboard shows in the reader's language.
"""

from __future__ import annotations

import ast
import io
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "translations"
KEYWORDS = {"_": None, "_l": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
PAGES = {"extensions": "jinja2.ext.do", "trimmed": "true"}

Text = str | tuple[str, ...]

MESSAGES, ERRORS = "messages", "errors"
WANTED = {MESSAGES: ("ru", "en"), ERRORS: ("ru",)}
"""The languages that each domain is kept in."""

_TABLES = ("crystalbay/wazzup/words.py", "crystalbay/telegram/refusals.py", "crystalbay/telegram/client.py", "bot.py")
"""Modules whose Russian texts pages translate (i18n.of_table): they know no language."""

_RAISED = (
    "Invalid",
    "Taken",
    "AlreadyThere",
    "NotFound",
    "Forbidden",
    "BadRequest",
    "UnsupportedMediaType",
    "ValueError",
    "PydanticCustomError",
    "RequestEntityTooLarge",
    "TransientError",
    "TooManyTries",
    "AlreadyThere",
    "Refused",
)
_ANSWERED = ("problem", "abort", "_away", "misfit", "read", "_ended")
_SERVED = ("crystalbay/api", "crystalbay/services", "crystalbay/web", "models.py", "app_api.py", "lead_import_api.py")
"""Calls whose sentences reach who asks. So does all that a service keeps under a
name: it is raised somewhere else, too."""

_ANSWERING = ("_TITLES", "_INSTEAD", "SENTENCES")
"""Tables of such sentences."""

_NO_DATE = datetime(2000, 1, 1, tzinfo=UTC)
"""The same texts are the same file, whenever it is made."""


# --------------------------------------------------------------------------- finding


def sources(*places: str) -> Iterator[Path]:
    """Python files of these folders, and these files."""
    for place in places:
        path = ROOT / place
        yield from sorted(path.rglob("*.py")) if path.is_dir() else [path]


def found_messages() -> Catalog:
    """Texts for people."""
    catalog = Catalog(charset="utf-8")
    roots = [path.name for path in sorted(ROOT.glob("*.py"))]
    for path in sources("crystalbay", *roots):
        if "sandbox" not in path.parts:
            _add(catalog, _asked_for(path))
    for place in _TABLES:
        _add(catalog, _texts_of(ROOT / place))
    for path in sorted((ROOT / "templates").rglob("*.html")):
        _add(catalog, _on_page(path))
    return catalog


def _add(catalog: Catalog, found: Iterable[Text]) -> None:
    for text in found:
        if text:
            catalog.add(text)


def _asked_for(path: Path) -> Iterator[Text]:
    """The texts that a Python file looks up; one within the values of another is found too, which Babel's own
    extraction leaves out."""
    for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(call, ast.Call) and _name(call.func) in KEYWORDS:
            texts = [part.value for part in asked(call) if isinstance(part, ast.Constant)]
            if len(texts) == len(asked(call)):
                yield tuple(map(str, texts)) if len(texts) > 1 else str(texts[0])


def asked(call: ast.Call) -> list[ast.expr]:
    """The arguments of a call of KEYWORDS that are looked up."""
    return call.args[: 2 if _name(call.func) == "ngettext" else 1]


def _on_page(path: Path) -> Iterator[Text]:
    for _line, text, _comments, _context in extract_from_file("jinja2", path, KEYWORDS, options=PAGES):
        yield text


def _texts_of(path: Path) -> Iterator[Text]:
    """The Russian texts of a module, whole ones only: in tables, under names, and said by errors of providers."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        values = node.values if isinstance(node, ast.Dict) else [node.value] if isinstance(node, ast.Assign) else []
        if isinstance(node, ast.Call) and _name(node.func) in ("TransientError", "PermanentError"):
            values = node.args
        for value in values:
            if isinstance(value, ast.Constant) and isinstance(value.value, str) and not value.value.isascii():
                yield value.value


def found_errors() -> Catalog:
    """Sentences of errors: what is raised and answered, values as %(1)s, %(2)s …"""
    catalog = Catalog(charset="utf-8")
    for path in sources(*_SERVED):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        constants = _constants(tree)
        for name, value in constants.items():
            if "services" in path.parts:
                _add_sentence(catalog, _sentence(value))
            if name in _ANSWERING and isinstance(value, ast.Dict):
                for part in value.values:
                    _add_sentence(catalog, _sentence(part))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _name(node.func) in (*_RAISED, *_ANSWERED):
                for part in (*node.args, *(word.value for word in node.keywords)):
                    for one in _alternatives(part):
                        meant = constants.get(one.id, one) if isinstance(one, ast.Name) else one
                        _add_sentence(catalog, _sentence(meant))
    return catalog


def _alternatives(node: ast.expr) -> list[ast.expr]:
    """What `a or b` and `a if c else b` may be."""
    return (
        node.values
        if isinstance(node, ast.BoolOp)
        else [node.body, node.orelse]
        if isinstance(node, ast.IfExp)
        else [node]
    )


def _constants(tree: ast.Module) -> dict[str, ast.expr]:
    """What a module assigns to its names."""
    found: dict[str, ast.expr] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign):
            found |= {_name(target): node.value for target in node.targets}
    return found


def _add_sentence(catalog: Catalog, sentence: str | None) -> None:
    if sentence:
        catalog.add(sentence, flags=["python-format"] if "%(" in sentence else [])


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _sentence(node: ast.expr) -> str | None:
    """The English sentence that a literal is; one word alone is a name."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        text = node.value.replace("{}", "%(1)s")
    elif isinstance(node, ast.JoinedStr):
        text, count = "", 0
        for part in node.values:
            if isinstance(part, ast.Constant):
                text += str(part.value).replace("{}", f"%({count + 1})s")
            else:
                count += 1
                text += f"%({count})s"
    else:
        return None
    words = text.replace("%(1)s", "").strip()
    return text if " " in words and words.isascii() and not words.startswith(("/", "http")) else None


# --------------------------------------------------------------------------- keeping


def po_path(language: str, domain: str) -> Path:
    return FOLDER / language / "LC_MESSAGES" / f"{domain}.po"


def read(language: str, domain: str) -> Catalog:
    """The catalogue as it is kept; an empty one at first."""
    path = po_path(language, domain)
    if not path.exists():
        return Catalog(locale=language, domain=domain, charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language, domain=domain)


def brought_up_to_date(language: str, domain: str, found: Catalog) -> Catalog:
    """The texts that were found with the translations there are. What is gone from the sources is gone here."""
    kept = read(language, domain)
    fresh = Catalog(locale=language, domain=domain, charset="utf-8")
    for message in found:
        if message.id:
            known = kept.get(message.id if isinstance(message.id, str) else message.id[0])
            fresh.add(message.id, known.string if known and known.id == message.id else None, flags=message.flags)
    return fresh


def po_bytes(catalog: Catalog) -> bytes:
    """Without dates, so that the same texts are the same file."""
    plural = Catalog(locale=catalog.locale).plural_forms
    head = f'msgid ""\nmsgstr ""\n"Language: {catalog.locale}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    head += f'"Plural-Forms: {plural}\\n"\n\n'
    body = io.BytesIO()
    write_po(body, catalog, width=120, no_location=True, omit_header=True, sort_output=True, ignore_obsolete=True)
    return head.encode() + body.getvalue()


def mo_bytes(language: str, domain: str) -> bytes:
    """What the server reads, made of the po file."""
    made, body = read(language, domain), io.BytesIO()
    made.creation_date = made.revision_date = _NO_DATE
    write_mo(body, made)
    return body.getvalue()


def untranslated(language: str, domain: str) -> list[str]:
    """Texts that need a translation and have none. Russian messages need one only for their plurals."""
    return [
        str(message.id)
        for message in read(language, domain)
        if message.id
        and not _done(message)
        and not (language == "ru" and domain == MESSAGES and not message.pluralizable)
    ]


def _done(message: Message) -> bool:
    strings = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    return all(strings)


def update(check: bool) -> list[str]:
    """Write what has changed, or only tell. What is missing or not translated, in words."""
    problems: list[str] = []
    for domain, found in ((MESSAGES, found_messages()), (ERRORS, found_errors())):
        for language in WANTED[domain]:
            path = po_path(language, domain)
            fresh = po_bytes(brought_up_to_date(language, domain, found))
            if not check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(fresh)
                path.with_suffix(".mo").write_bytes(mo_bytes(language, domain))
            elif not path.exists() or path.read_bytes() != fresh:
                problems.append(f"{path.relative_to(ROOT)} is not up to date: make translations")
            elif path.with_suffix(".mo").read_bytes() != mo_bytes(language, domain):
                problems.append(f"{path.with_suffix('.mo').relative_to(ROOT)} is not made of its po file")
            problems += [f"{language}, {domain}: {text!r}" for text in untranslated(language, domain)]
    return problems


def main() -> int:
    check = "--check" in sys.argv[1:]
    problems = update(check)
    for line in problems:
        print(line)
    print(f"{len(problems)} to do" if problems else "All texts are translated.")
    return 1 if problems and check else 0


if __name__ == "__main__":
    sys.exit(main())
