-- The leads whose search_text the search index (crystalbay/store/search.py) has not read yet. The index itself is
-- made when the store is opened: not every SQLite can.
CREATE TABLE leads_unindexed (
	number INTEGER NOT NULL,
	CONSTRAINT pk_leads_unindexed PRIMARY KEY (number)
);

create trigger leads_searched_insert after insert on leads begin
  insert or ignore into leads_unindexed (number) values (new.number);
end;
create trigger leads_searched_delete after delete on leads begin
  insert or ignore into leads_unindexed (number) values (old.number);
end;
create trigger leads_searched_update after update of search_text, number on leads
when old.search_text is not new.search_text or old.number is not new.number begin
  insert or ignore into leads_unindexed (number) values (old.number), (new.number);
end;
