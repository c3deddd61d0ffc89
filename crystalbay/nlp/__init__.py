"""The offline understanding engine: one topic a module, each with the rule of the label definition beside its table."""
