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

CREATE TABLE IF NOT EXISTS public.customers (
	id TEXT COLLATE "C" NOT NULL,
	version INTEGER DEFAULT '1' NOT NULL,
	name TEXT COLLATE "C",
	phone TEXT COLLATE "C",
	email TEXT COLLATE "C",
	language TEXT COLLATE "C",
	merged_into TEXT COLLATE "C",
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
	assignee_id TEXT COLLATE "C" NOT NULL,
	currency TEXT COLLATE "C" NOT NULL,
	n INTEGER NOT NULL,
	total BIGINT NOT NULL,
	CONSTRAINT pk_lead_counts PRIMARY KEY (status, assignee_id, currency)
);

CREATE TABLE IF NOT EXISTS public.lead_deltas (
	seq BIGSERIAL NOT NULL,
	status TEXT COLLATE "C" NOT NULL,
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

CREATE TABLE IF NOT EXISTS public.notices (
	id TEXT COLLATE "C" NOT NULL,
	version INTEGER DEFAULT '1' NOT NULL,
	kind TEXT COLLATE "C" NOT NULL,
	text TEXT COLLATE "C" NOT NULL,
	urgent BOOLEAN DEFAULT '0' NOT NULL,
	lead_id TEXT COLLATE "C",
	user_id TEXT COLLATE "C",
	read_at TIMESTAMP WITH TIME ZONE,
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

CREATE TABLE IF NOT EXISTS public.users (
	id TEXT COLLATE "C" NOT NULL,
	version INTEGER DEFAULT '1' NOT NULL,
	email TEXT COLLATE "C" NOT NULL,
	name TEXT COLLATE "C" NOT NULL,
	role TEXT COLLATE "C" NOT NULL,
	password_hash TEXT COLLATE "C" NOT NULL,
	active BOOLEAN DEFAULT '1' NOT NULL,
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
	title TEXT COLLATE "C" DEFAULT '' NOT NULL,
	channel TEXT COLLATE "C" NOT NULL,
	source TEXT COLLATE "C" NOT NULL,
	external_id TEXT COLLATE "C",
	trip JSONB NOT NULL,
	evidence JSONB NOT NULL,
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

CREATE INDEX IF NOT EXISTS ix_leads_assignee_id ON public.leads (assignee_id);

CREATE INDEX IF NOT EXISTS ix_leads_board ON public.leads (status, position, id);

CREATE INDEX IF NOT EXISTS ix_leads_created ON public.leads (created_at, id);

CREATE INDEX IF NOT EXISTS ix_leads_customer_id ON public.leads (customer_id);

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

CREATE TABLE IF NOT EXISTS public.offers (
	id TEXT COLLATE "C" NOT NULL,
	lead_id TEXT COLLATE "C" NOT NULL,
	conversation_id TEXT COLLATE "C" NOT NULL,
	message_id TEXT COLLATE "C",
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
  foreach t in array array['activities', 'answers', 'api_keys', 'customers', 'health', 'inbox_events', 'jobs', 'lead_counts', 'lead_deltas', 'leases', 'notices', 'schema_migrations', 'searches', 'settings', 'users', 'identities', 'leads', 'conversations', 'messages', 'offers'] loop
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
