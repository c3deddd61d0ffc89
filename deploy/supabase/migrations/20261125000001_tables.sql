-- The tables of Crystal Bay, rendered from crystalbay/store/schema.py. It may be run again at any time.
-- How: psql "$DATABASE_URL" -f FILE, or paste it into the SQL editor of the project.

create extension if not exists pg_trgm;

CREATE TABLE IF NOT EXISTS activities (
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

CREATE INDEX IF NOT EXISTS ix_activities_lead ON activities (lead_id, seq);

CREATE TABLE IF NOT EXISTS answers (
	id TEXT COLLATE "C" NOT NULL,
	request_hash TEXT COLLATE "C" NOT NULL,
	status INTEGER NOT NULL,
	body JSONB NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_answers PRIMARY KEY (id)
);

CREATE TABLE IF NOT EXISTS api_keys (
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

CREATE TABLE IF NOT EXISTS customers (
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

CREATE TABLE IF NOT EXISTS health (
	id TEXT COLLATE "C" NOT NULL,
	version INTEGER DEFAULT '1' NOT NULL,
	data JSONB NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_health PRIMARY KEY (id)
);

CREATE TABLE IF NOT EXISTS inbox_events (
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

CREATE INDEX IF NOT EXISTS ix_inbox_events_state ON inbox_events (state, created_at);

CREATE TABLE IF NOT EXISTS jobs (
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

CREATE INDEX IF NOT EXISTS ix_jobs_finished ON jobs (state, finished_at);

CREATE INDEX IF NOT EXISTS ix_jobs_key ON jobs (key, state, seq);

CREATE INDEX IF NOT EXISTS ix_jobs_ready ON jobs (state, run_at);

CREATE INDEX IF NOT EXISTS ix_jobs_running ON jobs (state, lease_until);

CREATE TABLE IF NOT EXISTS lead_counts (
	status TEXT COLLATE "C" NOT NULL,
	assignee_id TEXT COLLATE "C" NOT NULL,
	currency TEXT COLLATE "C" NOT NULL,
	n INTEGER NOT NULL,
	total BIGINT NOT NULL,
	CONSTRAINT pk_lead_counts PRIMARY KEY (status, assignee_id, currency)
);

CREATE TABLE IF NOT EXISTS lead_deltas (
	seq BIGSERIAL NOT NULL,
	status TEXT COLLATE "C" NOT NULL,
	assignee_id TEXT COLLATE "C" NOT NULL,
	currency TEXT COLLATE "C" NOT NULL,
	n INTEGER NOT NULL,
	total BIGINT NOT NULL,
	CONSTRAINT pk_lead_deltas PRIMARY KEY (seq)
);

CREATE TABLE IF NOT EXISTS leases (
	id TEXT COLLATE "C" NOT NULL,
	owner TEXT COLLATE "C" NOT NULL,
	term INTEGER NOT NULL,
	expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_leases PRIMARY KEY (id)
);

CREATE TABLE IF NOT EXISTS notices (
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

CREATE INDEX IF NOT EXISTS ix_notices_created ON notices (created_at, id);

CREATE TABLE IF NOT EXISTS pace (
	id TEXT COLLATE "C" NOT NULL,
	next_at FLOAT NOT NULL,
	CONSTRAINT pk_pace PRIMARY KEY (id)
);

CREATE TABLE IF NOT EXISTS schema_migrations (
	version BIGINT NOT NULL,
	name TEXT COLLATE "C" NOT NULL,
	applied_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_schema_migrations PRIMARY KEY (version)
);

CREATE TABLE IF NOT EXISTS searches (
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

CREATE TABLE IF NOT EXISTS settings (
	id TEXT COLLATE "C" NOT NULL,
	version INTEGER DEFAULT '1' NOT NULL,
	value JSONB NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_settings PRIMARY KEY (id)
);

CREATE TABLE IF NOT EXISTS users (
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

CREATE TABLE IF NOT EXISTS identities (
	id TEXT COLLATE "C" NOT NULL,
	customer_id TEXT COLLATE "C" NOT NULL,
	kind TEXT COLLATE "C" NOT NULL,
	value TEXT COLLATE "C" NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_identities PRIMARY KEY (id),
	CONSTRAINT uq_identities_kind_value UNIQUE (kind, value),
	CONSTRAINT fk_identities_customer_id FOREIGN KEY(customer_id) REFERENCES customers (id)
);

CREATE INDEX IF NOT EXISTS ix_identities_customer_id ON identities (customer_id);

CREATE TABLE IF NOT EXISTS leads (
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
	CONSTRAINT fk_leads_customer_id FOREIGN KEY(customer_id) REFERENCES customers (id),
	CONSTRAINT uq_leads_open_key UNIQUE (open_key),
	CONSTRAINT fk_leads_assignee_id FOREIGN KEY(assignee_id) REFERENCES users (id)
);

CREATE INDEX IF NOT EXISTS ix_leads_assignee_id ON leads (assignee_id);

CREATE INDEX IF NOT EXISTS ix_leads_board ON leads (status, position, id);

CREATE INDEX IF NOT EXISTS ix_leads_created ON leads (created_at, id);

CREATE INDEX IF NOT EXISTS ix_leads_customer_id ON leads (customer_id);

CREATE TABLE IF NOT EXISTS conversations (
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
	CONSTRAINT fk_conversations_customer_id FOREIGN KEY(customer_id) REFERENCES customers (id),
	CONSTRAINT fk_conversations_lead_id FOREIGN KEY(lead_id) REFERENCES leads (id),
	CONSTRAINT uq_conversations_chat_key UNIQUE (chat_key)
);

CREATE INDEX IF NOT EXISTS ix_conversations_customer_id ON conversations (customer_id);

CREATE INDEX IF NOT EXISTS ix_conversations_lead_id ON conversations (lead_id);

CREATE INDEX IF NOT EXISTS ix_conversations_recent ON conversations (last_message_at, id);

CREATE INDEX IF NOT EXISTS ix_conversations_waiting_for ON conversations (waiting_for);

CREATE TABLE IF NOT EXISTS messages (
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
	CONSTRAINT fk_messages_conversation_id FOREIGN KEY(conversation_id) REFERENCES conversations (id),
	CONSTRAINT fk_messages_lead_id FOREIGN KEY(lead_id) REFERENCES leads (id)
);

CREATE INDEX IF NOT EXISTS ix_messages_lead ON messages (lead_id, created_at, id);

CREATE INDEX IF NOT EXISTS ix_messages_state ON messages (conversation_id, state);

CREATE INDEX IF NOT EXISTS ix_messages_thread ON messages (conversation_id, created_at, id);

CREATE TABLE IF NOT EXISTS offers (
	id TEXT COLLATE "C" NOT NULL,
	lead_id TEXT COLLATE "C" NOT NULL,
	conversation_id TEXT COLLATE "C" NOT NULL,
	message_id TEXT COLLATE "C",
	data JSONB NOT NULL,
	fetched_at TIMESTAMP WITH TIME ZONE NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_offers PRIMARY KEY (id),
	CONSTRAINT fk_offers_lead_id FOREIGN KEY(lead_id) REFERENCES leads (id),
	CONSTRAINT fk_offers_conversation_id FOREIGN KEY(conversation_id) REFERENCES conversations (id),
	CONSTRAINT fk_offers_message_id FOREIGN KEY(message_id) REFERENCES messages (id)
);

CREATE INDEX IF NOT EXISTS ix_offers_conversation_id ON offers (conversation_id);

CREATE INDEX IF NOT EXISTS ix_offers_lead_id ON offers (lead_id);

CREATE INDEX IF NOT EXISTS ix_offers_message_id ON offers (message_id);

create sequence if not exists leads_number_seq owned by leads.number;

alter table leads alter column number set default nextval('leads_number_seq');

create index if not exists ix_leads_search on leads using gin (search_text gin_trgm_ops);

create index if not exists ix_customers_search on customers using gin (search_text gin_trgm_ops);

-- No policy for anybody: with row level security the publishable key reads nothing. Grants are no longer automatic.
do $$
declare
  t text;
begin
  foreach t in array array['activities', 'answers', 'api_keys', 'customers', 'health', 'inbox_events', 'jobs', 'lead_counts', 'lead_deltas', 'leases', 'notices', 'pace', 'schema_migrations', 'searches', 'settings', 'users', 'identities', 'leads', 'conversations', 'messages', 'offers'] loop
    execute format('alter table public.%I enable row level security', t);
    if exists (select from pg_roles where rolname = 'service_role') then
      execute format('grant select, insert, update, delete on public.%I to service_role', t);
      execute format('revoke all on public.%I from anon, authenticated', t);
    end if;
  end loop;
  if exists (select from pg_roles where rolname = 'service_role') then
    grant usage on schema public to service_role;
    grant usage, select, update on all sequences in schema public to service_role;
  end if;
end
$$;

insert into schema_migrations (version, name, applied_at) values (20261125000001, 'tables', now())
on conflict (version) do nothing;
