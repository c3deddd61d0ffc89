-- The tables of Crystal Bay, rendered from crystalbay/store/schema.py. It may be run again at any time.
-- How: psql "$DATABASE_URL" -f FILE, or paste it into the SQL editor of the project.

-- Extensions live apart from what the Data API shows: else everybody could call their functions.
do $$
begin
  if exists (select from pg_roles where rolname = 'anon') then
    create schema if not exists extensions;
    create extension if not exists pg_trgm schema extensions;
  else
    create extension if not exists pg_trgm;
  end if;
end
$$;

CREATE TABLE IF NOT EXISTS public.activities (
	seq BIGSERIAL NOT NULL,
	id TEXT COLLATE "C" NOT NULL,
	kind TEXT COLLATE "C" NOT NULL,
	actor_kind TEXT COLLATE "C" NOT NULL,
	actor_id TEXT COLLATE "C",
	actor_name TEXT COLLATE "C",
	lead_id TEXT COLLATE "C",
	conversation_id TEXT COLLATE "C",
	message_id TEXT COLLATE "C",
	data JSONB NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_activities PRIMARY KEY (seq),
	CONSTRAINT uq_activities_id UNIQUE (id)
);

CREATE INDEX IF NOT EXISTS ix_activities_lead ON public.activities (lead_id, seq);

CREATE TABLE IF NOT EXISTS public.answers (
	id TEXT COLLATE "C" NOT NULL,
	request_hash TEXT COLLATE "C" NOT NULL,
	status INTEGER NOT NULL,
	body JSONB NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_answers PRIMARY KEY (id)
);

CREATE TABLE IF NOT EXISTS public.api_keys (
	id TEXT COLLATE "C" NOT NULL,
	version INTEGER DEFAULT '1' NOT NULL,
	name TEXT COLLATE "C" NOT NULL,
	hash TEXT COLLATE "C" NOT NULL,
	hint TEXT COLLATE "C" NOT NULL,
	scopes JSONB NOT NULL,
	revoked_at TIMESTAMP WITH TIME ZONE,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_api_keys PRIMARY KEY (id),
	CONSTRAINT uq_api_keys_hash UNIQUE (hash)
);

CREATE TABLE IF NOT EXISTS public.bulk_acts (
	id TEXT COLLATE "C" NOT NULL,
	version INTEGER DEFAULT '1' NOT NULL,
	user_id TEXT COLLATE "C" NOT NULL,
	data JSONB NOT NULL,
	undone_at TIMESTAMP WITH TIME ZONE,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_bulk_acts PRIMARY KEY (id)
);

CREATE TABLE IF NOT EXISTS public.canned_replies (
	id TEXT COLLATE "C" NOT NULL,
	version INTEGER DEFAULT '1' NOT NULL,
	title TEXT COLLATE "C" NOT NULL,
	text TEXT NOT NULL,
	user_id TEXT COLLATE "C",
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_canned_replies PRIMARY KEY (id)
);

CREATE TABLE IF NOT EXISTS public.customers (
	id TEXT COLLATE "C" NOT NULL,
	version INTEGER DEFAULT '1' NOT NULL,
	name TEXT COLLATE "C",
	phone TEXT COLLATE "C",
	email TEXT COLLATE "C",
	language TEXT COLLATE "C",
	merged_into TEXT COLLATE "C",
	changed JSONB,
	erased_at TIMESTAMP WITH TIME ZONE,
	search_text TEXT DEFAULT '' NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_customers PRIMARY KEY (id)
);

CREATE TABLE IF NOT EXISTS public.health (
	id TEXT COLLATE "C" NOT NULL,
	version INTEGER DEFAULT '1' NOT NULL,
	data JSONB NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_health PRIMARY KEY (id)
);

CREATE TABLE IF NOT EXISTS public.inbox_events (
	id TEXT COLLATE "C" NOT NULL,
	provider TEXT COLLATE "C" NOT NULL,
	external_id TEXT COLLATE "C" NOT NULL,
	body TEXT NOT NULL,
	state TEXT COLLATE "C" NOT NULL,
	error TEXT COLLATE "C",
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_inbox_events PRIMARY KEY (id),
	CONSTRAINT uq_inbox_events_provider_external_id UNIQUE (provider, external_id)
);

CREATE INDEX IF NOT EXISTS ix_inbox_events_state ON public.inbox_events (state, created_at);

CREATE TABLE IF NOT EXISTS public.jobs (
	seq BIGSERIAL NOT NULL,
	id TEXT COLLATE "C" NOT NULL,
	kind TEXT COLLATE "C" NOT NULL,
	key TEXT COLLATE "C",
	idempotency_key TEXT COLLATE "C",
	payload JSONB NOT NULL,
	state TEXT COLLATE "C" DEFAULT 'ready' NOT NULL,
	run_at TIMESTAMP WITH TIME ZONE NOT NULL,
	attempts INTEGER DEFAULT '0' NOT NULL,
	failures INTEGER DEFAULT '0' NOT NULL,
	owner TEXT COLLATE "C",
	lease_until TIMESTAMP WITH TIME ZONE,
	last_error TEXT COLLATE "C",
	finished_at TIMESTAMP WITH TIME ZONE,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_jobs PRIMARY KEY (seq),
	CONSTRAINT uq_jobs_id UNIQUE (id),
	CONSTRAINT uq_jobs_idempotency_key UNIQUE (idempotency_key)
);

CREATE INDEX IF NOT EXISTS ix_jobs_finished ON public.jobs (state, finished_at);

CREATE INDEX IF NOT EXISTS ix_jobs_key ON public.jobs (key, state, seq);

CREATE INDEX IF NOT EXISTS ix_jobs_ready ON public.jobs (state, run_at);

CREATE INDEX IF NOT EXISTS ix_jobs_running ON public.jobs (state, lease_until);

CREATE TABLE IF NOT EXISTS public.lead_counts (
	status TEXT COLLATE "C" NOT NULL,
	stage TEXT COLLATE "C" NOT NULL,
	assignee_id TEXT COLLATE "C" NOT NULL,
	currency TEXT COLLATE "C" NOT NULL,
	n INTEGER NOT NULL,
	total BIGINT NOT NULL,
	CONSTRAINT pk_lead_counts PRIMARY KEY (status, stage, assignee_id, currency)
);

CREATE TABLE IF NOT EXISTS public.lead_deltas (
	seq BIGSERIAL NOT NULL,
	status TEXT COLLATE "C" NOT NULL,
	stage TEXT COLLATE "C" NOT NULL,
	assignee_id TEXT COLLATE "C" NOT NULL,
	currency TEXT COLLATE "C" NOT NULL,
	n INTEGER NOT NULL,
	total BIGINT NOT NULL,
	CONSTRAINT pk_lead_deltas PRIMARY KEY (seq)
);

CREATE TABLE IF NOT EXISTS public.leases (
	id TEXT COLLATE "C" NOT NULL,
	owner TEXT COLLATE "C" NOT NULL,
	term INTEGER NOT NULL,
	expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_leases PRIMARY KEY (id)
);

CREATE TABLE IF NOT EXISTS public.lookers (
	id TEXT COLLATE "C" NOT NULL,
	lead_id TEXT COLLATE "C" NOT NULL,
	user_id TEXT COLLATE "C" NOT NULL,
	seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
	typing_at TIMESTAMP WITH TIME ZONE,
	CONSTRAINT pk_lookers PRIMARY KEY (id)
);

CREATE INDEX IF NOT EXISTS ix_lookers_lead_id ON public.lookers (lead_id);

CREATE TABLE IF NOT EXISTS public.merges (
	id TEXT COLLATE "C" NOT NULL,
	version INTEGER DEFAULT '1' NOT NULL,
	kept_id TEXT COLLATE "C" NOT NULL,
	merged_id TEXT COLLATE "C" NOT NULL,
	data JSONB NOT NULL,
	made_by TEXT COLLATE "C",
	undone_at TIMESTAMP WITH TIME ZONE,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_merges PRIMARY KEY (id)
);

CREATE INDEX IF NOT EXISTS ix_merges_kept_id ON public.merges (kept_id);

CREATE INDEX IF NOT EXISTS ix_merges_merged_id ON public.merges (merged_id);

CREATE TABLE IF NOT EXISTS public.notice_reads (
	id TEXT COLLATE "C" NOT NULL,
	notice_id TEXT COLLATE "C" NOT NULL,
	user_id TEXT COLLATE "C" NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_notice_reads PRIMARY KEY (id)
);

CREATE INDEX IF NOT EXISTS ix_notice_reads_user ON public.notice_reads (user_id, notice_id);

CREATE TABLE IF NOT EXISTS public.notices (
	id TEXT COLLATE "C" NOT NULL,
	version INTEGER DEFAULT '1' NOT NULL,
	kind TEXT COLLATE "C" NOT NULL,
	text TEXT COLLATE "C" NOT NULL,
	data JSONB,
	urgent BOOLEAN DEFAULT '0' NOT NULL,
	lead_id TEXT COLLATE "C",
	user_id TEXT COLLATE "C",
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_notices PRIMARY KEY (id)
);

CREATE INDEX IF NOT EXISTS ix_notices_created ON public.notices (created_at, id);

CREATE TABLE IF NOT EXISTS public.schema_migrations (
	version BIGINT NOT NULL,
	name TEXT COLLATE "C" NOT NULL,
	applied_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_schema_migrations PRIMARY KEY (version)
);

CREATE TABLE IF NOT EXISTS public.searches (
	id TEXT COLLATE "C" NOT NULL,
	version INTEGER DEFAULT '1' NOT NULL,
	query JSONB NOT NULL,
	state TEXT COLLATE "C" NOT NULL,
	generation INTEGER DEFAULT '1' NOT NULL,
	result JSONB,
	error TEXT COLLATE "C",
	fetched_at TIMESTAMP WITH TIME ZONE,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_searches PRIMARY KEY (id)
);

CREATE TABLE IF NOT EXISTS public.settings (
	id TEXT COLLATE "C" NOT NULL,
	version INTEGER DEFAULT '1' NOT NULL,
	value JSONB NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_settings PRIMARY KEY (id)
);

CREATE TABLE IF NOT EXISTS public.tags (
	id TEXT COLLATE "C" NOT NULL,
	name TEXT COLLATE "C" NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_tags PRIMARY KEY (id)
);

CREATE TABLE IF NOT EXISTS public.throttles (
	id TEXT COLLATE "C" NOT NULL,
	version INTEGER DEFAULT '1' NOT NULL,
	misses INTEGER NOT NULL,
	since TIMESTAMP WITH TIME ZONE NOT NULL,
	last_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_throttles PRIMARY KEY (id)
);

CREATE INDEX IF NOT EXISTS ix_throttles_last ON public.throttles (last_at, id);

CREATE TABLE IF NOT EXISTS public.uploads (
	id TEXT COLLATE "C" NOT NULL,
	name TEXT COLLATE "C" NOT NULL,
	type TEXT COLLATE "C" NOT NULL,
	size INTEGER NOT NULL,
	path TEXT COLLATE "C" NOT NULL,
	user_id TEXT COLLATE "C",
	lead_id TEXT COLLATE "C",
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_uploads PRIMARY KEY (id)
);

CREATE INDEX IF NOT EXISTS ix_uploads_lead_id ON public.uploads (lead_id);

CREATE TABLE IF NOT EXISTS public.users (
	id TEXT COLLATE "C" NOT NULL,
	version INTEGER DEFAULT '1' NOT NULL,
	email TEXT COLLATE "C" NOT NULL,
	name TEXT COLLATE "C" NOT NULL,
	role TEXT COLLATE "C" NOT NULL,
	password_hash TEXT COLLATE "C",
	active BOOLEAN DEFAULT '1' NOT NULL,
	presence TEXT COLLATE "C" DEFAULT 'here' NOT NULL,
	language TEXT COLLATE "C",
	preferences JSONB,
	last_seen_at TIMESTAMP WITH TIME ZONE,
	notices_read_at TIMESTAMP WITH TIME ZONE,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_users PRIMARY KEY (id),
	CONSTRAINT uq_users_email UNIQUE (email)
);

CREATE TABLE IF NOT EXISTS public.identities (
	id TEXT COLLATE "C" NOT NULL,
	customer_id TEXT COLLATE "C" NOT NULL,
	kind TEXT COLLATE "C" NOT NULL,
	value TEXT COLLATE "C" NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_identities PRIMARY KEY (id),
	CONSTRAINT uq_identities_kind_value UNIQUE (kind, value),
	CONSTRAINT fk_identities_customer_id FOREIGN KEY(customer_id) REFERENCES public.customers (id)
);

CREATE INDEX IF NOT EXISTS ix_identities_customer_id ON public.identities (customer_id);

CREATE TABLE IF NOT EXISTS public.leads (
	id TEXT COLLATE "C" NOT NULL,
	version INTEGER DEFAULT '1' NOT NULL,
	number INTEGER NOT NULL,
	customer_id TEXT COLLATE "C" NOT NULL,
	open_key TEXT COLLATE "C",
	stage TEXT COLLATE "C" NOT NULL,
	machine_stage TEXT COLLATE "C",
	status TEXT COLLATE "C" NOT NULL,
	position FLOAT NOT NULL,
	outcome TEXT COLLATE "C",
	lost_reason TEXT COLLATE "C",
	closed_at TIMESTAMP WITH TIME ZONE,
	title TEXT COLLATE "C" DEFAULT '' NOT NULL,
	channel TEXT COLLATE "C" NOT NULL,
	source TEXT COLLATE "C" NOT NULL,
	external_id TEXT COLLATE "C",
	trip JSONB NOT NULL,
	trip_from TEXT COLLATE "C",
	evidence JSONB NOT NULL,
	confirmed JSONB DEFAULT '[]' NOT NULL,
	utm JSONB,
	tags JSONB NOT NULL,
	category TEXT COLLATE "C",
	score INTEGER DEFAULT '0' NOT NULL,
	score_reasons JSONB NOT NULL,
	urgency TEXT COLLATE "C" DEFAULT 'normal' NOT NULL,
	mode TEXT COLLATE "C" DEFAULT 'bot' NOT NULL,
	needs_human TEXT COLLATE "C",
	assignee_id TEXT COLLATE "C",
	value_minor BIGINT,
	value_currency TEXT COLLATE "C",
	unread INTEGER DEFAULT '0' NOT NULL,
	waiting_since TIMESTAMP WITH TIME ZONE,
	next_action_at TIMESTAMP WITH TIME ZONE,
	last_message_at TIMESTAMP WITH TIME ZONE,
	search_text TEXT DEFAULT '' NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_leads PRIMARY KEY (id),
	CONSTRAINT uq_leads_source_external_id UNIQUE (source, external_id),
	CONSTRAINT uq_leads_number UNIQUE (number),
	CONSTRAINT fk_leads_customer_id FOREIGN KEY(customer_id) REFERENCES public.customers (id),
	CONSTRAINT uq_leads_open_key UNIQUE (open_key),
	CONSTRAINT fk_leads_assignee_id FOREIGN KEY(assignee_id) REFERENCES public.users (id)
);

CREATE INDEX IF NOT EXISTS ix_leads_assignee ON public.leads (assignee_id, status, position, id);

CREATE INDEX IF NOT EXISTS ix_leads_closed ON public.leads (status, closed_at, position, id, assignee_id, value_minor, value_currency) WHERE closed_at IS NOT NULL;

CREATE INDEX IF NOT EXISTS ix_leads_column ON public.leads (status, position, id);

CREATE INDEX IF NOT EXISTS ix_leads_created ON public.leads (created_at, id);

CREATE INDEX IF NOT EXISTS ix_leads_customer_id ON public.leads (customer_id);

CREATE INDEX IF NOT EXISTS ix_leads_stage ON public.leads (stage, position, id);

CREATE TABLE IF NOT EXISTS public.sessions (
	id TEXT COLLATE "C" NOT NULL,
	user_id TEXT COLLATE "C" NOT NULL,
	address TEXT COLLATE "C" DEFAULT '' NOT NULL,
	agent TEXT COLLATE "C" DEFAULT '' NOT NULL,
	last_seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_sessions PRIMARY KEY (id),
	CONSTRAINT fk_sessions_user_id FOREIGN KEY(user_id) REFERENCES public.users (id)
);

CREATE INDEX IF NOT EXISTS ix_sessions_user_id ON public.sessions (user_id);

CREATE TABLE IF NOT EXISTS public.user_links (
	id TEXT COLLATE "C" NOT NULL,
	user_id TEXT COLLATE "C" NOT NULL,
	kind TEXT COLLATE "C" NOT NULL,
	made_by TEXT COLLATE "C",
	expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_user_links PRIMARY KEY (id),
	CONSTRAINT fk_user_links_user_id FOREIGN KEY(user_id) REFERENCES public.users (id)
);

CREATE INDEX IF NOT EXISTS ix_user_links_user_id ON public.user_links (user_id);

CREATE TABLE IF NOT EXISTS public.views (
	id TEXT COLLATE "C" NOT NULL,
	version INTEGER DEFAULT '1' NOT NULL,
	user_id TEXT COLLATE "C" NOT NULL,
	name TEXT COLLATE "C" NOT NULL,
	query TEXT COLLATE "C" NOT NULL,
	shared BOOLEAN DEFAULT '0' NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_views PRIMARY KEY (id),
	CONSTRAINT fk_views_user_id FOREIGN KEY(user_id) REFERENCES public.users (id)
);

CREATE INDEX IF NOT EXISTS ix_views_user_id ON public.views (user_id);

CREATE TABLE IF NOT EXISTS public.conversations (
	id TEXT COLLATE "C" NOT NULL,
	version INTEGER DEFAULT '1' NOT NULL,
	customer_id TEXT COLLATE "C" NOT NULL,
	lead_id TEXT COLLATE "C" NOT NULL,
	provider TEXT COLLATE "C" NOT NULL,
	channel TEXT COLLATE "C" NOT NULL,
	account TEXT COLLATE "C" NOT NULL,
	chat_type TEXT COLLATE "C" NOT NULL,
	external_chat_id TEXT COLLATE "C" NOT NULL,
	chat_key TEXT COLLATE "C" NOT NULL,
	answerable BOOLEAN DEFAULT '1' NOT NULL,
	mode TEXT COLLATE "C" DEFAULT 'bot' NOT NULL,
	unread INTEGER DEFAULT '0' NOT NULL,
	inbound_no INTEGER DEFAULT '0' NOT NULL,
	waiting_for TEXT COLLATE "C",
	process_queued BOOLEAN DEFAULT '0' NOT NULL,
	state JSONB NOT NULL,
	last_message_at TIMESTAMP WITH TIME ZONE,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_conversations PRIMARY KEY (id),
	CONSTRAINT fk_conversations_customer_id FOREIGN KEY(customer_id) REFERENCES public.customers (id),
	CONSTRAINT fk_conversations_lead_id FOREIGN KEY(lead_id) REFERENCES public.leads (id),
	CONSTRAINT uq_conversations_chat_key UNIQUE (chat_key)
);

CREATE INDEX IF NOT EXISTS ix_conversations_customer_id ON public.conversations (customer_id);

CREATE INDEX IF NOT EXISTS ix_conversations_lead_id ON public.conversations (lead_id);

CREATE INDEX IF NOT EXISTS ix_conversations_recent ON public.conversations (last_message_at, id);

CREATE INDEX IF NOT EXISTS ix_conversations_waiting_for ON public.conversations (waiting_for);

CREATE TABLE IF NOT EXISTS public.notes (
	id TEXT COLLATE "C" NOT NULL,
	version INTEGER DEFAULT '1' NOT NULL,
	lead_id TEXT COLLATE "C" NOT NULL,
	text TEXT NOT NULL,
	author_id TEXT COLLATE "C",
	author_name TEXT COLLATE "C",
	edited_at TIMESTAMP WITH TIME ZONE,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_notes PRIMARY KEY (id),
	CONSTRAINT fk_notes_lead_id FOREIGN KEY(lead_id) REFERENCES public.leads (id)
);

CREATE INDEX IF NOT EXISTS ix_notes_lead ON public.notes (lead_id, created_at, id);

CREATE TABLE IF NOT EXISTS public.reminders (
	id TEXT COLLATE "C" NOT NULL,
	version INTEGER DEFAULT '1' NOT NULL,
	lead_id TEXT COLLATE "C" NOT NULL,
	user_id TEXT COLLATE "C" NOT NULL,
	text TEXT COLLATE "C" DEFAULT '' NOT NULL,
	due_at TIMESTAMP WITH TIME ZONE NOT NULL,
	source TEXT COLLATE "C" DEFAULT 'manual' NOT NULL,
	done_at TIMESTAMP WITH TIME ZONE,
	made_by TEXT COLLATE "C",
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_reminders PRIMARY KEY (id),
	CONSTRAINT fk_reminders_lead_id FOREIGN KEY(lead_id) REFERENCES public.leads (id),
	CONSTRAINT fk_reminders_user_id FOREIGN KEY(user_id) REFERENCES public.users (id)
);

CREATE INDEX IF NOT EXISTS ix_reminders_lead ON public.reminders (lead_id, due_at, id);

CREATE INDEX IF NOT EXISTS ix_reminders_user ON public.reminders (user_id, done_at, due_at, id);

CREATE TABLE IF NOT EXISTS public.messages (
	id TEXT COLLATE "C" NOT NULL,
	version INTEGER DEFAULT '1' NOT NULL,
	conversation_id TEXT COLLATE "C" NOT NULL,
	lead_id TEXT COLLATE "C" NOT NULL,
	provider TEXT COLLATE "C" NOT NULL,
	external_id TEXT COLLATE "C",
	direction TEXT COLLATE "C" NOT NULL,
	author TEXT COLLATE "C" NOT NULL,
	author_id TEXT COLLATE "C",
	author_name TEXT COLLATE "C",
	text TEXT DEFAULT '' NOT NULL,
	note TEXT COLLATE "C",
	attachments JSONB NOT NULL,
	choices JSONB NOT NULL,
	offers JSONB NOT NULL,
	answers JSONB NOT NULL,
	reply_to TEXT COLLATE "C",
	state TEXT COLLATE "C" NOT NULL,
	error TEXT COLLATE "C",
	tried_at TIMESTAMP WITH TIME ZONE,
	withdrawn BOOLEAN DEFAULT '0' NOT NULL,
	edited_at TIMESTAMP WITH TIME ZONE,
	deleted_at TIMESTAMP WITH TIME ZONE,
	sent_at TIMESTAMP WITH TIME ZONE,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_messages PRIMARY KEY (id),
	CONSTRAINT uq_messages_provider_external_id UNIQUE (provider, external_id),
	CONSTRAINT fk_messages_conversation_id FOREIGN KEY(conversation_id) REFERENCES public.conversations (id),
	CONSTRAINT fk_messages_lead_id FOREIGN KEY(lead_id) REFERENCES public.leads (id)
);

CREATE INDEX IF NOT EXISTS ix_messages_lead ON public.messages (lead_id, created_at, id);

CREATE INDEX IF NOT EXISTS ix_messages_state ON public.messages (conversation_id, state);

CREATE INDEX IF NOT EXISTS ix_messages_thread ON public.messages (conversation_id, created_at, id);

CREATE TABLE IF NOT EXISTS public.suggestions (
	id TEXT COLLATE "C" NOT NULL,
	version INTEGER DEFAULT '1' NOT NULL,
	conversation_id TEXT COLLATE "C" NOT NULL,
	lead_id TEXT COLLATE "C" NOT NULL,
	text TEXT NOT NULL,
	choices JSONB NOT NULL,
	offers JSONB NOT NULL,
	inbound_no INTEGER NOT NULL,
	dialogue JSONB NOT NULL,
	state TEXT COLLATE "C" DEFAULT 'open' NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_suggestions PRIMARY KEY (id),
	CONSTRAINT fk_suggestions_conversation_id FOREIGN KEY(conversation_id) REFERENCES public.conversations (id),
	CONSTRAINT fk_suggestions_lead_id FOREIGN KEY(lead_id) REFERENCES public.leads (id)
);

CREATE INDEX IF NOT EXISTS ix_suggestions_conversation ON public.suggestions (conversation_id, state, created_at);

CREATE TABLE IF NOT EXISTS public.offers (
	id TEXT COLLATE "C" NOT NULL,
	lead_id TEXT COLLATE "C" NOT NULL,
	conversation_id TEXT COLLATE "C" NOT NULL,
	message_id TEXT COLLATE "C",
	check_of TEXT COLLATE "C",
	data JSONB NOT NULL,
	fetched_at TIMESTAMP WITH TIME ZONE NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_offers PRIMARY KEY (id),
	CONSTRAINT fk_offers_lead_id FOREIGN KEY(lead_id) REFERENCES public.leads (id),
	CONSTRAINT fk_offers_conversation_id FOREIGN KEY(conversation_id) REFERENCES public.conversations (id),
	CONSTRAINT fk_offers_message_id FOREIGN KEY(message_id) REFERENCES public.messages (id)
);

CREATE INDEX IF NOT EXISTS ix_offers_conversation_id ON public.offers (conversation_id);

CREATE INDEX IF NOT EXISTS ix_offers_lead_id ON public.offers (lead_id);

CREATE INDEX IF NOT EXISTS ix_offers_message_id ON public.offers (message_id);

create sequence if not exists public.leads_number_seq owned by public.leads.number;

alter table public.leads alter column number set default nextval('public.leads_number_seq');

do $$
begin
  execute format(
    'create index if not exists ix_leads_search on public.leads using gin (search_text %s.gin_trgm_ops)',
    (select extnamespace::regnamespace from pg_extension where extname = 'pg_trgm'));
end
$$;

-- No policy for anybody: with row level security the publishable key reads nothing. Grants are no longer automatic.
do $$
declare
  t text;
begin
  foreach t in array array['activities', 'answers', 'api_keys', 'bulk_acts', 'canned_replies', 'customers', 'health', 'inbox_events', 'jobs', 'lead_counts', 'lead_deltas', 'leases', 'lookers', 'merges', 'notice_reads', 'notices', 'schema_migrations', 'searches', 'settings', 'tags', 'throttles', 'uploads', 'users', 'identities', 'leads', 'sessions', 'user_links', 'views', 'conversations', 'notes', 'reminders', 'messages', 'suggestions', 'offers'] loop
    execute format('alter table public.%I enable row level security', t);
    if exists (select from pg_roles where rolname = 'service_role') then
      execute format('grant select, insert, update, delete on public.%I to service_role', t);
      execute format('revoke all on public.%I from anon, authenticated', t);
    end if;
  end loop;
  if exists (select from pg_roles where rolname = 'service_role') then
    grant usage on schema public to service_role;
    foreach t in array array['activities_seq_seq', 'jobs_seq_seq', 'lead_deltas_seq_seq', 'leads_number_seq'] loop
      execute format('grant usage, select, update on sequence public.%I to service_role', t);
    end loop;
  end if;
end
$$;

insert into public.schema_migrations (version, name, applied_at) values (20261125000001, 'tables', now())
on conflict (version) do nothing;
