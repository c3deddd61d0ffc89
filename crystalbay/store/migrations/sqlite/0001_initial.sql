CREATE TABLE activities (
	seq INTEGER NOT NULL,
	id VARCHAR(64) NOT NULL,
	kind VARCHAR(40) NOT NULL,
	actor_kind VARCHAR(10) NOT NULL,
	actor_id VARCHAR(64),
	actor_name VARCHAR(200),
	lead_id VARCHAR(64),
	conversation_id VARCHAR(64),
	message_id VARCHAR(64),
	data TEXT NOT NULL,
	created_at VARCHAR(27) NOT NULL,
	CONSTRAINT pk_activities PRIMARY KEY (seq),
	CONSTRAINT uq_activities_id UNIQUE (id)
);

CREATE INDEX ix_activities_lead ON activities (lead_id, seq);

CREATE TABLE answers (
	id VARCHAR(64) NOT NULL,
	request_hash VARCHAR(64) NOT NULL,
	status INTEGER NOT NULL,
	body TEXT NOT NULL,
	created_at VARCHAR(27) NOT NULL,
	CONSTRAINT pk_answers PRIMARY KEY (id)
);

CREATE TABLE api_keys (
	id VARCHAR(64) NOT NULL,
	version INTEGER DEFAULT '1' NOT NULL,
	name VARCHAR(200) NOT NULL,
	hash VARCHAR(64) NOT NULL,
	hint VARCHAR(8) NOT NULL,
	scopes TEXT NOT NULL,
	revoked_at VARCHAR(27),
	created_at VARCHAR(27) NOT NULL,
	CONSTRAINT pk_api_keys PRIMARY KEY (id),
	CONSTRAINT uq_api_keys_hash UNIQUE (hash)
);

CREATE TABLE customers (
	id VARCHAR(64) NOT NULL,
	version INTEGER DEFAULT '1' NOT NULL,
	name VARCHAR(200),
	phone VARCHAR(20),
	email VARCHAR(254),
	language VARCHAR(8),
	merged_into VARCHAR(64),
	search_text TEXT DEFAULT '' NOT NULL,
	created_at VARCHAR(27) NOT NULL,
	CONSTRAINT pk_customers PRIMARY KEY (id)
);

CREATE TABLE health (
	id VARCHAR(64) NOT NULL,
	version INTEGER DEFAULT '1' NOT NULL,
	data TEXT NOT NULL,
	at VARCHAR(27) NOT NULL,
	CONSTRAINT pk_health PRIMARY KEY (id)
);

CREATE TABLE inbox_events (
	id VARCHAR(64) NOT NULL,
	provider VARCHAR(32) NOT NULL,
	external_id VARCHAR(200) NOT NULL,
	body TEXT NOT NULL,
	state VARCHAR(10) NOT NULL,
	error VARCHAR(1000),
	created_at VARCHAR(27) NOT NULL,
	CONSTRAINT pk_inbox_events PRIMARY KEY (id),
	CONSTRAINT uq_inbox_events_provider_external_id UNIQUE (provider, external_id)
);

CREATE INDEX ix_inbox_events_state ON inbox_events (state, created_at);

CREATE TABLE jobs (
	seq INTEGER NOT NULL,
	id VARCHAR(64) NOT NULL,
	kind VARCHAR(40) NOT NULL,
	"key" VARCHAR(200),
	idempotency_key VARCHAR(200),
	payload TEXT NOT NULL,
	state VARCHAR(10) DEFAULT 'ready' NOT NULL,
	run_at VARCHAR(27) NOT NULL,
	attempts INTEGER DEFAULT '0' NOT NULL,
	failures INTEGER DEFAULT '0' NOT NULL,
	owner VARCHAR(100),
	lease_until VARCHAR(27),
	last_error VARCHAR(1000),
	finished_at VARCHAR(27),
	created_at VARCHAR(27) NOT NULL,
	CONSTRAINT pk_jobs PRIMARY KEY (seq),
	CONSTRAINT uq_jobs_id UNIQUE (id),
	CONSTRAINT uq_jobs_idempotency_key UNIQUE (idempotency_key)
);

CREATE INDEX ix_jobs_finished ON jobs (state, finished_at);

CREATE INDEX ix_jobs_key ON jobs ("key", state, seq);

CREATE INDEX ix_jobs_ready ON jobs (state, run_at);

CREATE INDEX ix_jobs_running ON jobs (state, lease_until);

CREATE TABLE lead_counts (
	status VARCHAR(20) NOT NULL,
	assignee_id VARCHAR(64) NOT NULL,
	currency VARCHAR(3) NOT NULL,
	n INTEGER NOT NULL,
	total BIGINT NOT NULL,
	CONSTRAINT pk_lead_counts PRIMARY KEY (status, assignee_id, currency)
);

CREATE TABLE leases (
	id VARCHAR(64) NOT NULL,
	owner VARCHAR(100) NOT NULL,
	term INTEGER NOT NULL,
	expires_at VARCHAR(27) NOT NULL,
	CONSTRAINT pk_leases PRIMARY KEY (id)
);

CREATE TABLE notices (
	id VARCHAR(64) NOT NULL,
	version INTEGER DEFAULT '1' NOT NULL,
	kind VARCHAR(40) NOT NULL,
	text VARCHAR(500) NOT NULL,
	urgent BOOLEAN DEFAULT '0' NOT NULL,
	lead_id VARCHAR(64),
	user_id VARCHAR(64),
	read_at VARCHAR(27),
	created_at VARCHAR(27) NOT NULL,
	CONSTRAINT pk_notices PRIMARY KEY (id)
);

CREATE INDEX ix_notices_created ON notices (created_at, id);

CREATE TABLE searches (
	id VARCHAR(64) NOT NULL,
	version INTEGER DEFAULT '1' NOT NULL,
	"query" TEXT NOT NULL,
	state VARCHAR(10) NOT NULL,
	generation INTEGER DEFAULT '1' NOT NULL,
	result TEXT,
	error VARCHAR(500),
	fetched_at VARCHAR(27),
	created_at VARCHAR(27) NOT NULL,
	CONSTRAINT pk_searches PRIMARY KEY (id)
);

CREATE TABLE settings (
	id VARCHAR(64) NOT NULL,
	version INTEGER DEFAULT '1' NOT NULL,
	value TEXT NOT NULL,
	created_at VARCHAR(27) NOT NULL,
	CONSTRAINT pk_settings PRIMARY KEY (id)
);

CREATE TABLE users (
	id VARCHAR(64) NOT NULL,
	version INTEGER DEFAULT '1' NOT NULL,
	email VARCHAR(254) NOT NULL,
	name VARCHAR(200) NOT NULL,
	role VARCHAR(20) NOT NULL,
	password_hash VARCHAR(200) NOT NULL,
	active BOOLEAN DEFAULT '1' NOT NULL,
	created_at VARCHAR(27) NOT NULL,
	CONSTRAINT pk_users PRIMARY KEY (id),
	CONSTRAINT uq_users_email UNIQUE (email)
);

CREATE TABLE identities (
	id VARCHAR(64) NOT NULL,
	customer_id VARCHAR(64) NOT NULL,
	kind VARCHAR(32) NOT NULL,
	value VARCHAR(254) NOT NULL,
	created_at VARCHAR(27) NOT NULL,
	CONSTRAINT pk_identities PRIMARY KEY (id),
	CONSTRAINT uq_identities_kind_value UNIQUE (kind, value),
	CONSTRAINT fk_identities_customer_id FOREIGN KEY(customer_id) REFERENCES customers (id)
);

CREATE INDEX ix_identities_customer_id ON identities (customer_id);

CREATE TABLE leads (
	id VARCHAR(64) NOT NULL,
	version INTEGER DEFAULT '1' NOT NULL,
	number INTEGER NOT NULL,
	customer_id VARCHAR(64) NOT NULL,
	open_key VARCHAR(64),
	stage VARCHAR(20) NOT NULL,
	machine_stage VARCHAR(20),
	status VARCHAR(20) NOT NULL,
	position FLOAT NOT NULL,
	outcome VARCHAR(8),
	lost_reason VARCHAR(500),
	title VARCHAR(500) DEFAULT '' NOT NULL,
	channel VARCHAR(32) NOT NULL,
	source VARCHAR(100) NOT NULL,
	external_id VARCHAR(200),
	trip TEXT NOT NULL,
	evidence TEXT NOT NULL,
	utm TEXT,
	tags TEXT NOT NULL,
	category VARCHAR(40),
	score INTEGER DEFAULT '0' NOT NULL,
	score_reasons TEXT NOT NULL,
	urgency VARCHAR(8) DEFAULT 'normal' NOT NULL,
	mode VARCHAR(8) DEFAULT 'bot' NOT NULL,
	needs_human VARCHAR(40),
	assignee_id VARCHAR(64),
	value_minor BIGINT,
	value_currency VARCHAR(3),
	unread INTEGER DEFAULT '0' NOT NULL,
	waiting_since VARCHAR(27),
	next_action_at VARCHAR(27),
	last_message_at VARCHAR(27),
	search_text TEXT DEFAULT '' NOT NULL,
	created_at VARCHAR(27) NOT NULL,
	updated_at VARCHAR(27) NOT NULL,
	CONSTRAINT pk_leads PRIMARY KEY (id),
	CONSTRAINT uq_leads_source_external_id UNIQUE (source, external_id),
	CONSTRAINT uq_leads_number UNIQUE (number),
	CONSTRAINT fk_leads_customer_id FOREIGN KEY(customer_id) REFERENCES customers (id),
	CONSTRAINT uq_leads_open_key UNIQUE (open_key),
	CONSTRAINT fk_leads_assignee_id FOREIGN KEY(assignee_id) REFERENCES users (id)
);

CREATE INDEX ix_leads_assignee_id ON leads (assignee_id);

CREATE INDEX ix_leads_board ON leads (status, position, id);

CREATE INDEX ix_leads_created ON leads (created_at, id);

CREATE INDEX ix_leads_customer_id ON leads (customer_id);

CREATE TABLE conversations (
	id VARCHAR(64) NOT NULL,
	version INTEGER DEFAULT '1' NOT NULL,
	customer_id VARCHAR(64) NOT NULL,
	lead_id VARCHAR(64) NOT NULL,
	provider VARCHAR(32) NOT NULL,
	channel VARCHAR(32) NOT NULL,
	account VARCHAR(100) NOT NULL,
	chat_type VARCHAR(32) NOT NULL,
	external_chat_id VARCHAR(254) NOT NULL,
	chat_key VARCHAR(500) NOT NULL,
	answerable BOOLEAN DEFAULT '1' NOT NULL,
	mode VARCHAR(8) DEFAULT 'bot' NOT NULL,
	unread INTEGER DEFAULT '0' NOT NULL,
	inbound_no INTEGER DEFAULT '0' NOT NULL,
	waiting_for VARCHAR(64),
	process_queued BOOLEAN DEFAULT '0' NOT NULL,
	state TEXT NOT NULL,
	last_message_at VARCHAR(27),
	created_at VARCHAR(27) NOT NULL,
	CONSTRAINT pk_conversations PRIMARY KEY (id),
	CONSTRAINT fk_conversations_customer_id FOREIGN KEY(customer_id) REFERENCES customers (id),
	CONSTRAINT fk_conversations_lead_id FOREIGN KEY(lead_id) REFERENCES leads (id),
	CONSTRAINT uq_conversations_chat_key UNIQUE (chat_key)
);

CREATE INDEX ix_conversations_customer_id ON conversations (customer_id);

CREATE INDEX ix_conversations_lead_id ON conversations (lead_id);

CREATE INDEX ix_conversations_recent ON conversations (last_message_at, id);

CREATE INDEX ix_conversations_waiting_for ON conversations (waiting_for);

CREATE TABLE messages (
	id VARCHAR(64) NOT NULL,
	version INTEGER DEFAULT '1' NOT NULL,
	conversation_id VARCHAR(64) NOT NULL,
	lead_id VARCHAR(64) NOT NULL,
	provider VARCHAR(32) NOT NULL,
	external_id VARCHAR(200),
	direction VARCHAR(3) NOT NULL,
	author VARCHAR(10) NOT NULL,
	author_id VARCHAR(64),
	author_name VARCHAR(200),
	text TEXT DEFAULT '' NOT NULL,
	note VARCHAR(500),
	attachments TEXT NOT NULL,
	choices TEXT NOT NULL,
	offers TEXT NOT NULL,
	answers TEXT NOT NULL,
	reply_to VARCHAR(200),
	state VARCHAR(10) NOT NULL,
	error VARCHAR(500),
	tried_at VARCHAR(27),
	withdrawn BOOLEAN DEFAULT '0' NOT NULL,
	edited_at VARCHAR(27),
	deleted_at VARCHAR(27),
	sent_at VARCHAR(27),
	created_at VARCHAR(27) NOT NULL,
	CONSTRAINT pk_messages PRIMARY KEY (id),
	CONSTRAINT uq_messages_provider_external_id UNIQUE (provider, external_id),
	CONSTRAINT fk_messages_conversation_id FOREIGN KEY(conversation_id) REFERENCES conversations (id),
	CONSTRAINT fk_messages_lead_id FOREIGN KEY(lead_id) REFERENCES leads (id)
);

CREATE INDEX ix_messages_lead ON messages (lead_id, created_at, id);

CREATE INDEX ix_messages_state ON messages (conversation_id, state);

CREATE INDEX ix_messages_thread ON messages (conversation_id, created_at, id);

CREATE TABLE offers (
	id VARCHAR(64) NOT NULL,
	lead_id VARCHAR(64) NOT NULL,
	conversation_id VARCHAR(64) NOT NULL,
	message_id VARCHAR(64),
	data TEXT NOT NULL,
	fetched_at VARCHAR(27) NOT NULL,
	created_at VARCHAR(27) NOT NULL,
	CONSTRAINT pk_offers PRIMARY KEY (id),
	CONSTRAINT fk_offers_lead_id FOREIGN KEY(lead_id) REFERENCES leads (id),
	CONSTRAINT fk_offers_conversation_id FOREIGN KEY(conversation_id) REFERENCES conversations (id),
	CONSTRAINT fk_offers_message_id FOREIGN KEY(message_id) REFERENCES messages (id)
);

CREATE INDEX ix_offers_conversation_id ON offers (conversation_id);

CREATE INDEX ix_offers_lead_id ON offers (lead_id);

CREATE INDEX ix_offers_message_id ON offers (message_id);

create trigger leads_counted_insert after insert on leads begin
  insert into lead_counts (status, assignee_id, currency, n, total)
  values (new.status, coalesce(new.assignee_id, ''), coalesce(new.value_currency, ''), 1, coalesce(new.value_minor, 0))
  on conflict (status, assignee_id, currency) do update set n = n + 1, total = total + excluded.total;
end;
create trigger leads_counted_delete after delete on leads begin
  update lead_counts set n = n - 1, total = total - coalesce(old.value_minor, 0)
  where status = old.status and assignee_id = coalesce(old.assignee_id, '')
    and currency = coalesce(old.value_currency, '');
end;
create trigger leads_counted_update after update of status, assignee_id, value_minor, value_currency on leads
when old.status is not new.status or old.assignee_id is not new.assignee_id
  or old.value_minor is not new.value_minor or old.value_currency is not new.value_currency begin
  update lead_counts set n = n - 1, total = total - coalesce(old.value_minor, 0)
  where status = old.status and assignee_id = coalesce(old.assignee_id, '')
    and currency = coalesce(old.value_currency, '');
  insert into lead_counts (status, assignee_id, currency, n, total)
  values (new.status, coalesce(new.assignee_id, ''), coalesce(new.value_currency, ''), 1, coalesce(new.value_minor, 0))
  on conflict (status, assignee_id, currency) do update set n = n + 1, total = total + excluded.total;
end;
