-- What a chat with buttons and pictures needs: taps, looks, who blocked us, managers' own chats.
alter table users add column telegram_id VARCHAR(40);

alter table conversations add column blocked_at VARCHAR(27);

alter table messages add column tap TEXT;

alter table messages add column look TEXT;

CREATE TABLE staff_messages (
	id VARCHAR(64) NOT NULL,
	version INTEGER DEFAULT '1' NOT NULL,
	chat_id VARCHAR(40) NOT NULL,
	external_id VARCHAR(40),
	user_id VARCHAR(64),
	kind VARCHAR(40) NOT NULL,
	lead_id VARCHAR(64),
	conversation_id VARCHAR(64),
	reminder_id VARCHAR(64),
	text TEXT DEFAULT '' NOT NULL,
	note VARCHAR(500) DEFAULT '' NOT NULL,
	state VARCHAR(10) DEFAULT 'queued' NOT NULL,
	error VARCHAR(500),
	created_at VARCHAR(27) NOT NULL,
	CONSTRAINT pk_staff_messages PRIMARY KEY (id)
);

CREATE INDEX ix_staff_messages_chat ON staff_messages (chat_id, external_id);

CREATE INDEX ix_staff_messages_lead_id ON staff_messages (lead_id);

CREATE TABLE hotels (
	id VARCHAR(64) NOT NULL,
	data TEXT NOT NULL,
	fetched_at VARCHAR(27) NOT NULL,
	CONSTRAINT pk_hotels PRIMARY KEY (id)
);
