-- What a chat with buttons and pictures needs: taps, looks, who blocked us, managers' own chats. It may be run again at
-- any time.
alter table public.users add column if not exists telegram_id TEXT COLLATE "C";

alter table public.conversations add column if not exists blocked_at TIMESTAMP WITH TIME ZONE;

alter table public.messages add column if not exists tap JSONB;

alter table public.messages add column if not exists look JSONB;

CREATE TABLE IF NOT EXISTS public.staff_messages (
	id TEXT COLLATE "C" NOT NULL,
	version INTEGER DEFAULT '1' NOT NULL,
	chat_id TEXT COLLATE "C" NOT NULL,
	external_id TEXT COLLATE "C",
	user_id TEXT COLLATE "C",
	kind TEXT COLLATE "C" NOT NULL,
	lead_id TEXT COLLATE "C",
	conversation_id TEXT COLLATE "C",
	reminder_id TEXT COLLATE "C",
	text TEXT DEFAULT '' NOT NULL,
	note TEXT COLLATE "C" DEFAULT '' NOT NULL,
	state TEXT COLLATE "C" DEFAULT 'queued' NOT NULL,
	error TEXT COLLATE "C",
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_staff_messages PRIMARY KEY (id)
);

CREATE INDEX IF NOT EXISTS ix_staff_messages_chat ON public.staff_messages (chat_id, external_id);

CREATE INDEX IF NOT EXISTS ix_staff_messages_lead_id ON public.staff_messages (lead_id);

CREATE TABLE IF NOT EXISTS public.hotels (
	id TEXT COLLATE "C" NOT NULL,
	data JSONB NOT NULL,
	fetched_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_hotels PRIMARY KEY (id)
);

do $$
declare
  t text;
begin
  foreach t in array array['staff_messages', 'hotels'] loop
    execute format('alter table public.%I enable row level security', t);
    if exists (select from pg_roles where rolname = 'service_role') then
      execute format('grant select, insert, update, delete on public.%I to service_role', t);
      execute format('revoke all on public.%I from anon, authenticated', t);
    end if;
  end loop;
end
$$;

insert into public.schema_migrations (version, name, applied_at) values (20261127000003, 'telegram', now())
on conflict (version) do nothing;

notify pgrst, 'reload schema';
