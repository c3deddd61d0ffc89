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

CREATE TABLE bulk_acts (
	id VARCHAR(64) NOT NULL,
	version INTEGER DEFAULT '1' NOT NULL,
	user_id VARCHAR(64) NOT NULL,
	data TEXT NOT NULL,
	undone_at VARCHAR(27),
	created_at VARCHAR(27) NOT NULL,
	CONSTRAINT pk_bulk_acts PRIMARY KEY (id)
);

CREATE TABLE canned_replies (
	id VARCHAR(64) NOT NULL,
	version INTEGER DEFAULT '1' NOT NULL,
	title VARCHAR(100) NOT NULL,
	text TEXT NOT NULL,
	user_id VARCHAR(64),
	created_at VARCHAR(27) NOT NULL,
	CONSTRAINT pk_canned_replies PRIMARY KEY (id)
);

CREATE TABLE customers (
	id VARCHAR(64) NOT NULL,
	version INTEGER DEFAULT '1' NOT NULL,
	name VARCHAR(200),
	phone VARCHAR(20),
	email VARCHAR(254),
	language VARCHAR(8),
	merged_into VARCHAR(64),
	changed TEXT,
	erased_at VARCHAR(27),
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
	stage VARCHAR(20) NOT NULL,
	assignee_id VARCHAR(64) NOT NULL,
	currency VARCHAR(3) NOT NULL,
	n INTEGER NOT NULL,
	total BIGINT NOT NULL,
	CONSTRAINT pk_lead_counts PRIMARY KEY (status, stage, assignee_id, currency)
);

CREATE TABLE leases (
	id VARCHAR(64) NOT NULL,
	owner VARCHAR(100) NOT NULL,
	term INTEGER NOT NULL,
	expires_at VARCHAR(27) NOT NULL,
	CONSTRAINT pk_leases PRIMARY KEY (id)
);

CREATE TABLE lookers (
	id VARCHAR(64) NOT NULL,
	lead_id VARCHAR(64) NOT NULL,
	user_id VARCHAR(64) NOT NULL,
	seen_at VARCHAR(27) NOT NULL,
	typing_at VARCHAR(27),
	CONSTRAINT pk_lookers PRIMARY KEY (id)
);

CREATE INDEX ix_lookers_lead_id ON lookers (lead_id);

CREATE TABLE merges (
	id VARCHAR(64) NOT NULL,
	version INTEGER DEFAULT '1' NOT NULL,
	kept_id VARCHAR(64) NOT NULL,
	merged_id VARCHAR(64) NOT NULL,
	data TEXT NOT NULL,
	made_by VARCHAR(64),
	undone_at VARCHAR(27),
	created_at VARCHAR(27) NOT NULL,
	CONSTRAINT pk_merges PRIMARY KEY (id)
);

CREATE INDEX ix_merges_kept_id ON merges (kept_id);

CREATE INDEX ix_merges_merged_id ON merges (merged_id);

CREATE TABLE notice_reads (
	id VARCHAR(64) NOT NULL,
	notice_id VARCHAR(64) NOT NULL,
	user_id VARCHAR(64) NOT NULL,
	created_at VARCHAR(27) NOT NULL,
	CONSTRAINT pk_notice_reads PRIMARY KEY (id)
);

CREATE INDEX ix_notice_reads_user ON notice_reads (user_id, notice_id);

CREATE TABLE notices (
	id VARCHAR(64) NOT NULL,
	version INTEGER DEFAULT '1' NOT NULL,
	kind VARCHAR(40) NOT NULL,
	text VARCHAR(500) NOT NULL,
	data TEXT,
	urgent BOOLEAN DEFAULT '0' NOT NULL,
	lead_id VARCHAR(64),
	user_id VARCHAR(64),
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

CREATE TABLE tags (
	id VARCHAR(64) NOT NULL,
	name VARCHAR(40) NOT NULL,
	created_at VARCHAR(27) NOT NULL,
	CONSTRAINT pk_tags PRIMARY KEY (id)
);

CREATE TABLE throttles (
	id VARCHAR(64) NOT NULL,
	version INTEGER DEFAULT '1' NOT NULL,
	misses INTEGER NOT NULL,
	since VARCHAR(27) NOT NULL,
	last_at VARCHAR(27) NOT NULL,
	CONSTRAINT pk_throttles PRIMARY KEY (id)
);

CREATE INDEX ix_throttles_last ON throttles (last_at, id);

CREATE TABLE uploads (
	id VARCHAR(64) NOT NULL,
	name VARCHAR(200) NOT NULL,
	type VARCHAR(100) NOT NULL,
	size INTEGER NOT NULL,
	path VARCHAR(300) NOT NULL,
	user_id VARCHAR(64),
	lead_id VARCHAR(64),
	created_at VARCHAR(27) NOT NULL,
	CONSTRAINT pk_uploads PRIMARY KEY (id)
);

CREATE INDEX ix_uploads_lead_id ON uploads (lead_id);

CREATE TABLE users (
	id VARCHAR(64) NOT NULL,
	version INTEGER DEFAULT '1' NOT NULL,
	email VARCHAR(254) NOT NULL,
	name VARCHAR(200) NOT NULL,
	role VARCHAR(20) NOT NULL,
	password_hash VARCHAR(200),
	active BOOLEAN DEFAULT '1' NOT NULL,
	presence VARCHAR(8) DEFAULT 'here' NOT NULL,
	language VARCHAR(2),
	preferences TEXT,
	last_seen_at VARCHAR(27),
	notices_read_at VARCHAR(27),
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
	closed_at VARCHAR(27),
	title VARCHAR(500) DEFAULT '' NOT NULL,
	channel VARCHAR(32) NOT NULL,
	source VARCHAR(100) NOT NULL,
	external_id VARCHAR(200),
	trip TEXT NOT NULL,
	trip_from VARCHAR(10),
	evidence TEXT NOT NULL,
	confirmed TEXT DEFAULT '[]' NOT NULL,
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

CREATE INDEX ix_leads_assignee ON leads (assignee_id, status, position, id);

CREATE INDEX ix_leads_board ON leads (status, position, id, stage, channel, assignee_id, tags, score, value_minor, value_currency, waiting_since, next_action_at, created_at, updated_at, closed_at, trip_from);

CREATE INDEX ix_leads_closed ON leads (status, closed_at, position, id, assignee_id, value_minor, value_currency) WHERE closed_at IS NOT NULL;

CREATE INDEX ix_leads_created ON leads (created_at, id);

CREATE INDEX ix_leads_customer_id ON leads (customer_id);

CREATE TABLE sessions (
	id VARCHAR(64) NOT NULL,
	user_id VARCHAR(64) NOT NULL,
	address VARCHAR(64) DEFAULT '' NOT NULL,
	agent VARCHAR(300) DEFAULT '' NOT NULL,
	last_seen_at VARCHAR(27) NOT NULL,
	created_at VARCHAR(27) NOT NULL,
	CONSTRAINT pk_sessions PRIMARY KEY (id),
	CONSTRAINT fk_sessions_user_id FOREIGN KEY(user_id) REFERENCES users (id)
);

CREATE INDEX ix_sessions_user_id ON sessions (user_id);

CREATE TABLE user_links (
	id VARCHAR(64) NOT NULL,
	user_id VARCHAR(64) NOT NULL,
	kind VARCHAR(10) NOT NULL,
	made_by VARCHAR(64),
	expires_at VARCHAR(27) NOT NULL,
	created_at VARCHAR(27) NOT NULL,
	CONSTRAINT pk_user_links PRIMARY KEY (id),
	CONSTRAINT fk_user_links_user_id FOREIGN KEY(user_id) REFERENCES users (id)
);

CREATE INDEX ix_user_links_user_id ON user_links (user_id);

CREATE TABLE views (
	id VARCHAR(64) NOT NULL,
	version INTEGER DEFAULT '1' NOT NULL,
	user_id VARCHAR(64) NOT NULL,
	name VARCHAR(100) NOT NULL,
	"query" VARCHAR(1000) NOT NULL,
	shared BOOLEAN DEFAULT '0' NOT NULL,
	created_at VARCHAR(27) NOT NULL,
	CONSTRAINT pk_views PRIMARY KEY (id),
	CONSTRAINT fk_views_user_id FOREIGN KEY(user_id) REFERENCES users (id)
);

CREATE INDEX ix_views_user_id ON views (user_id);

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

CREATE TABLE notes (
	id VARCHAR(64) NOT NULL,
	version INTEGER DEFAULT '1' NOT NULL,
	lead_id VARCHAR(64) NOT NULL,
	text TEXT NOT NULL,
	author_id VARCHAR(64),
	author_name VARCHAR(200),
	edited_at VARCHAR(27),
	created_at VARCHAR(27) NOT NULL,
	CONSTRAINT pk_notes PRIMARY KEY (id),
	CONSTRAINT fk_notes_lead_id FOREIGN KEY(lead_id) REFERENCES leads (id)
);

CREATE INDEX ix_notes_lead ON notes (lead_id, created_at, id);

CREATE TABLE reminders (
	id VARCHAR(64) NOT NULL,
	version INTEGER DEFAULT '1' NOT NULL,
	lead_id VARCHAR(64) NOT NULL,
	user_id VARCHAR(64) NOT NULL,
	text VARCHAR(500) DEFAULT '' NOT NULL,
	due_at VARCHAR(27) NOT NULL,
	source VARCHAR(10) DEFAULT 'manual' NOT NULL,
	done_at VARCHAR(27),
	made_by VARCHAR(64),
	created_at VARCHAR(27) NOT NULL,
	CONSTRAINT pk_reminders PRIMARY KEY (id),
	CONSTRAINT fk_reminders_lead_id FOREIGN KEY(lead_id) REFERENCES leads (id),
	CONSTRAINT fk_reminders_user_id FOREIGN KEY(user_id) REFERENCES users (id)
);

CREATE INDEX ix_reminders_lead ON reminders (lead_id, due_at, id);

CREATE INDEX ix_reminders_user ON reminders (user_id, done_at, due_at, id);

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

CREATE TABLE suggestions (
	id VARCHAR(64) NOT NULL,
	version INTEGER DEFAULT '1' NOT NULL,
	conversation_id VARCHAR(64) NOT NULL,
	lead_id VARCHAR(64) NOT NULL,
	text TEXT NOT NULL,
	choices TEXT NOT NULL,
	offers TEXT NOT NULL,
	inbound_no INTEGER NOT NULL,
	dialogue TEXT NOT NULL,
	state VARCHAR(10) DEFAULT 'open' NOT NULL,
	created_at VARCHAR(27) NOT NULL,
	CONSTRAINT pk_suggestions PRIMARY KEY (id),
	CONSTRAINT fk_suggestions_conversation_id FOREIGN KEY(conversation_id) REFERENCES conversations (id),
	CONSTRAINT fk_suggestions_lead_id FOREIGN KEY(lead_id) REFERENCES leads (id)
);

CREATE INDEX ix_suggestions_conversation ON suggestions (conversation_id, state, created_at);

CREATE TABLE offers (
	id VARCHAR(64) NOT NULL,
	lead_id VARCHAR(64) NOT NULL,
	conversation_id VARCHAR(64) NOT NULL,
	message_id VARCHAR(64),
	check_of VARCHAR(64),
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
  insert into lead_counts (status, stage, assignee_id, currency, n, total) values (
    new.status, new.stage, coalesce(new.assignee_id, ''), coalesce(new.value_currency, ''), 1,
    coalesce(new.value_minor, 0))
  on conflict (status, stage, assignee_id, currency) do update set n = n + 1, total = total + excluded.total;
end;
create trigger leads_counted_delete after delete on leads begin
  update lead_counts set n = n - 1, total = total - coalesce(old.value_minor, 0)
  where status = old.status and stage = old.stage and assignee_id = coalesce(old.assignee_id, '')
    and currency = coalesce(old.value_currency, '');
end;
create trigger leads_counted_update after update of status, stage, assignee_id, value_minor, value_currency on leads
when old.status is not new.status or old.stage is not new.stage or old.assignee_id is not new.assignee_id
  or old.value_minor is not new.value_minor or old.value_currency is not new.value_currency begin
  update lead_counts set n = n - 1, total = total - coalesce(old.value_minor, 0)
  where status = old.status and stage = old.stage and assignee_id = coalesce(old.assignee_id, '')
    and currency = coalesce(old.value_currency, '');
  insert into lead_counts (status, stage, assignee_id, currency, n, total) values (
    new.status, new.stage, coalesce(new.assignee_id, ''), coalesce(new.value_currency, ''), 1,
    coalesce(new.value_minor, 0))
  on conflict (status, stage, assignee_id, currency) do update set n = n + 1, total = total + excluded.total;
end;
