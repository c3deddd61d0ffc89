-- The functions of Crystal Bay, the same for Supabase and for a PostgreSQL of one's own. They may be run again at any time.
-- All run with the rights of the caller. Conditions, changes and rows come as JSON from crystalbay/store/functions.py.

-- Conditions [[column, operator, value], …] on the row x as SQL; see Where in crystalbay/store/interface.py.
create or replace function public.where_sql(p_where jsonb) returns text
language sql immutable set search_path = '' as $$
  select coalesce(string_agg(case
    when op in ('eq', 'ne') and jsonb_typeof(val) = 'null' then
      format('x.%I is %snull', col, case op when 'ne' then 'not ' end)
    when op = 'eq' then format('x.%I = %L', col, val #>> '{}')
    when op = 'ne' then format('x.%I is distinct from %L', col, val #>> '{}')
    when op in ('gt', 'gte', 'lt', 'lte') then
      format('x.%I %s %L', col, case op when 'gt' then '>' when 'gte' then '>=' when 'lt' then '<' else '<=' end, val #>> '{}')
    when op = 'in' then format('(%s%s)', coalesce(
      (select format('x.%I in (%s)', col, string_agg(quote_literal(v), ', ')) from jsonb_array_elements_text(val) v
       where v is not null having count(*) > 0), 'false'), case when val @> 'null' then format(' or x.%I is null', col) end)
    when op = 'since' then format('(x.%I is null or x.%I >= %L)', col, col, val #>> '{}')
    when op = 'holds' then format('x.%I ?| %L::text[]', col, array(select jsonb_array_elements_text(val)))
    when op = 'has' then coalesce(
      (select string_agg(format('x.%I like %L', col, '%' || v || '%'), ' and ') from jsonb_array_elements_text(val) v), 'true')
    else format('unknown operator %L', op) end, ' and '), 'true')
  from (select w ->> 0, w ->> 1, w -> 2 from jsonb_array_elements(p_where) w) conditions (col, op, val)
$$;

-- What rows are sorted by, as SQL: nulls count as what `p_nulls` says of their column.
create or replace function public.sort_sql(p_columns text[], p_nulls jsonb, p_direction text default '') returns text
language sql immutable set search_path = '' as $$
  select string_agg(
    case when p_nulls ? c then format('coalesce(x.%I, %L)', c, p_nulls ->> c) else format('x.%I', c) end || p_direction,
    ', ' order by n)
  from unnest(p_columns) with ordinality columns (c, n)
$$;

-- Rows that match, in order, as a JSON list; `p_after`: the order columns of the last row seen.
create or replace function public.find_rows(
  p_table text, p_where jsonb, p_order text[], p_limit int, p_nulls jsonb, p_after jsonb default null,
  p_desc boolean default false
) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  ordered text := public.sort_sql(p_order, p_nulls, case when p_desc then ' desc' else '' end);
  condition text := public.where_sql(p_where);
  found jsonb;
begin
  if p_after is not null then
    condition := condition || format(
      ' and (%s) %s (%s)',
      public.sort_sql(p_order, p_nulls),
      case when p_desc then '<' else '>' end,
      (select string_agg(quote_literal(v), ', ') from jsonb_array_elements_text(p_after) v));
  end if;
  execute format(
    'select coalesce(jsonb_agg(to_jsonb(r)), ''[]'') from (select x.* from public.%I x where %s order by %s limit %s) r',
    p_table, condition, ordered, p_limit) into found;
  return found;
end
$$;

-- {column: seconds} as {column: the time now + seconds}.
create or replace function public.moments(p_now jsonb) returns jsonb
language sql volatile set search_path = '' as $$
  with clock as materialized (select clock_timestamp() as t)
  select coalesce(jsonb_object_agg(key, t + value::float8 * interval '1 second'), '{}')
  from clock, jsonb_each_text(coalesce(p_now, '{}'))
$$;

create or replace function public.apply_insert(p_table text, p_change jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  assigned text := case p_table when 'leads' then 'number' when 'activities' then 'seq' when 'jobs' then 'seq' end;
  stamps jsonb := public.moments(p_change -> 'now');
  given jsonb := (p_change -> 'row') || stamps;
  names text := (select string_agg(quote_ident(k), ', ') from jsonb_object_keys(given) k);
  once jsonb := p_change -> 'key';
  answer jsonb;
begin
  execute format(
    'insert into public.%I as x (%s) select %s from jsonb_populate_record(null::public.%I, $1) %s returning %s',
    p_table, names, names, p_table,
    case when once is not null then format(
      'on conflict (%s) do nothing', (select string_agg(quote_ident(k), ', ') from jsonb_array_elements_text(once) k)) end,
    case when assigned is null then '''{}''::jsonb' else format('jsonb_build_object(%L, x.%I)', assigned, assigned) end
  ) into answer using given;
  if given ? assigned then  -- a row that was numbered elsewhere: our own numbers go on after it
    perform setval(
      pg_get_serial_sequence('public.' || p_table, assigned), greatest((given ->> assigned)::bigint, (
        select coalesce(last_value, 0) from pg_sequences
        where schemaname = 'public' and sequencename = format('%s_%s_seq', p_table, assigned))));
  end if;
  if answer is not null then
    return jsonb_build_object('n', 1, 'new', true, 'row', answer || stamps);
  end if;
  execute format(
    'select to_jsonb(x) from public.%I x, jsonb_populate_record(null::public.%I, $1) e where %s',
    p_table, p_table, (select string_agg(format('x.%1$I = e.%1$I', k), ' and ') from jsonb_array_elements_text(once) k)
  ) into answer using given;
  if answer is null then
    raise exception 'a row of % was there and is gone', p_table using errcode = 'serialization_failure';
  end if;
  return jsonb_build_object('n', 0, 'new', false, 'row', answer);
end
$$;

-- The columns that an update sets, as SQL: new values from the record s, sums upon the row x.
create or replace function public.set_sql(p_set jsonb, p_add jsonb) returns text
language sql immutable set search_path = '' as $$
  select string_agg(part, ', ') from (
    select format('%1$I = s.%1$I', k) from jsonb_object_keys(p_set) k
    union all
    select format('%1$I = x.%1$I + %2$s', key, value::bigint) from jsonb_each_text(coalesce(p_add, '{}'))
  ) parts (part)
$$;

-- What a change expects of the row x, as SQL, compared with the record e.
create or replace function public.expect_sql(p_expect jsonb) returns text
language sql immutable set search_path = '' as $$
  select coalesce(string_agg(format('x.%1$I is not distinct from e.%1$I', k), ' and '), 'true')
  from jsonb_object_keys(p_expect) k
$$;

-- One change of one row or of a set; PT409 when its row is gone or not as expected.
create or replace function public.apply_change(p_change jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  op text := p_change ->> 'op';
  t text := p_change ->> 'table';
  expected jsonb := coalesce(p_change -> 'expect', '{}');
  sets jsonb := coalesce(p_change -> 'set', '{}') || public.moments(p_change -> 'now');
  n bigint;
begin
  case op
  when 'insert', 'insert_once' then
    return public.apply_insert(t, p_change);
  when 'update' then
    execute format(
      'update public.%1$I x set %2$s from jsonb_populate_record(null::public.%1$I, $2) s,'
      ' jsonb_populate_record(null::public.%1$I, $3) e where x.id = $1 and %3$s',
      t, public.set_sql(sets, p_change -> 'add'), public.expect_sql(expected)
    ) using p_change ->> 'id', sets, expected;
  when 'update_where' then
    execute format(
      'update public.%1$I x set %2$s from jsonb_populate_record(null::public.%1$I, $1) s where %3$s',
      t, public.set_sql(sets, p_change -> 'add'), public.where_sql(p_change -> 'where')
    ) using sets;
    get diagnostics n = row_count;
    return jsonb_build_object('n', n);
  when 'require' then
    execute format(
      'select 1 from public.%1$I x, jsonb_populate_record(null::public.%1$I, $2) e'
      ' where x.id = $1 and %2$s for no key update of x', t, public.expect_sql(expected)
    ) using p_change ->> 'id', expected;
  when 'delete' then
    execute format(
      'delete from public.%1$I x using jsonb_populate_record(null::public.%1$I, $2) e where x.id = $1 and %2$s',
      t, public.expect_sql(expected)
    ) using p_change ->> 'id', expected;
  end case;
  get diagnostics n = row_count;
  if n = 0 then
    raise exception 'changed or gone' using errcode = 'PT409', detail = p_change ->> 'id', hint = t;
  end if;
  return jsonb_build_object('n', 1);
end
$$;

-- All changes, in order, or none; one answer a change. Rows that it names are locked first, always in the same order:
-- two commits that name the same rows can then wait for each other, but not deadlock.
create or replace function public.commit_changes(changes jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  named record;
  change jsonb;
  answers jsonb := '[]';
begin
  for named in
    select c ->> 'table' as t, array_agg(c ->> 'id') as ids, sum(count(*)) over () as total
    from jsonb_array_elements(changes) c where c ->> 'op' in ('update', 'require', 'delete') group by 1 order by 1
  loop
    exit when named.total = 1;
    execute format('select 1 from public.%I where id = any ($1) order by id for no key update', named.t) using named.ids;
  end loop;
  for change in select value from jsonb_array_elements(changes) loop
    answers := answers || public.apply_change(change);
  end loop;
  return answers;
end
$$;

-- Take due jobs, one a key, oldest first: {"jobs": […], "wait": seconds until the next could be due, or null}.
-- Claimers go one after another, so that each sees what the one before took.
create or replace function public.claim_jobs(p_owner text, p_limit int, p_lease float8) returns jsonb
language plpgsql set search_path = '' as $$
declare
  t timestamptz;
  claimed jsonb := '[]';
  next_at timestamptz;
begin
  perform pg_advisory_xact_lock(7220881);
  t := clock_timestamp();
  if exists (select from public.jobs where state = 'ready' and run_at <= t)
    or exists (select from public.jobs where state = 'running' and lease_until <= t)
  then
    with due as (
      select j.seq from public.jobs j
      where (j.state = 'running' and j.lease_until <= t)
        or (j.state = 'ready' and j.run_at <= t and (j.key is null or not exists (
          select from public.jobs o where o.key = j.key and o.state in ('ready', 'running')
          and (o.state = 'running' or o.seq < j.seq))))
      order by j.seq limit p_limit for update of j skip locked
    ), taken as (
      update public.jobs j
      set state = 'running', owner = p_owner, attempts = j.attempts + 1, lease_until = t + p_lease * interval '1 second'
      from due where j.seq = due.seq returning j.*
    )
    select coalesce(jsonb_agg(to_jsonb(taken) order by taken.seq), '[]') into claimed from taken;
  end if;
  select least(
    (select min(run_at) from public.jobs where state = 'ready'),
    (select min(lease_until) from public.jobs where state = 'running')) into next_at;
  return jsonb_build_object('jobs', claimed, 'wait', extract(epoch from next_at - clock_timestamp())::float8);
end
$$;

-- Prolong the leases of the jobs (id, attempts) that are still ours: their ids as a JSON list.
create or replace function public.renew_jobs(p_owner text, p_ids text[], p_attempts bigint[], p_lease float8)
returns jsonb
language sql set search_path = '' as $$
  with held as (
    select j.seq from public.jobs j join unnest(p_ids, p_attempts) h (id, attempts) on h.id = j.id
    where j.attempts = h.attempts and j.owner = p_owner and j.state = 'running' order by j.id for no key update of j
  ), renewed as (
    update public.jobs j set lease_until = clock_timestamp() + p_lease * interval '1 second'
    from held where j.seq = held.seq returning j.id
  )
  select coalesce(jsonb_agg(id), '[]') from renewed
$$;

-- Take or renew a lease: its term, raised when the owner changes; null when somebody else holds it.
create or replace function public.take_lease(p_name text, p_owner text, p_ttl float8) returns bigint
language sql set search_path = '' as $$
  insert into public.leases as l (id, owner, term, expires_at)
  values (p_name, p_owner, 1, clock_timestamp() + p_ttl * interval '1 second')
  on conflict (id) do update set
    owner = p_owner,
    expires_at = clock_timestamp() + p_ttl * interval '1 second',
    term = l.term + case when l.owner = p_owner then 0 else 1 end
  where l.owner = p_owner or l.expires_at < clock_timestamp()
  returning term
$$;

-- Every change of what the board counts is a row of lead_deltas: writers never wait for each other.
create or replace function public.count_lead() returns trigger
language plpgsql set search_path = '' as $$
begin
  if tg_op = 'UPDATE' and (old.status, old.stage, old.assignee_id, old.value_minor, old.value_currency)
    is not distinct from (new.status, new.stage, new.assignee_id, new.value_minor, new.value_currency)
  then
    return null;
  end if;
  if tg_op <> 'INSERT' then
    insert into public.lead_deltas (status, stage, assignee_id, currency, n, total) values (
      old.status, old.stage, coalesce(old.assignee_id, ''), coalesce(old.value_currency, ''), -1,
      -coalesce(old.value_minor, 0));
  end if;
  if tg_op <> 'DELETE' then
    insert into public.lead_deltas (status, stage, assignee_id, currency, n, total) values (
      new.status, new.stage, coalesce(new.assignee_id, ''), coalesce(new.value_currency, ''), 1,
      coalesce(new.value_minor, 0));
  end if;
  return null;
end
$$;

drop trigger if exists leads_counted on public.leads;
create trigger leads_counted after insert or delete or update of status, stage, assignee_id, value_minor, value_currency
on public.leads for each row execute function public.count_lead();

-- Add the oldest deltas up into lead_counts: how many were added.
create or replace function public.fold_counts(p_most int default 10000) returns bigint
language sql set search_path = '' as $$
  with gone as (
    delete from public.lead_deltas where seq in (
      select seq from public.lead_deltas order by seq limit p_most for update skip locked
    ) returning status, stage, assignee_id, currency, n, total
  ), summed as (
    insert into public.lead_counts as c (status, stage, assignee_id, currency, n, total)
    select status, stage, assignee_id, currency, sum(n), sum(total) from gone group by 1, 2, 3, 4 order by 1, 2, 3, 4
    on conflict (status, stage, assignee_id, currency)
    do update set n = c.n + excluded.n, total = c.total + excluded.total
  )
  select count(*) from gone
$$;

-- How many of the leads x that match, and their values, by currency: [[currency, leads, total], …]; `p_kept`: upon the
-- counts that are kept; else the leads are counted, `p_most` of them at most (null: all).
create or replace function public.board_counts(p_where jsonb, p_kept jsonb, p_most int) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  counts jsonb;
begin
  execute format(
    'select jsonb_agg(jsonb_build_array(currency, n, total)) from (select currency, sum(n) as n, sum(total) as total'
    ' from (%s) counted group by currency) summed',
    case when p_kept <> 'null' then format(
      'select x.currency, x.n, x.total from (select status, stage, assignee_id, currency, n, total from public.lead_counts'
      ' union all select status, stage, assignee_id, currency, n, total from public.lead_deltas) x where %s',
      public.where_sql(p_kept))
    else format(
      'select x.value_currency as currency, 1 as n, x.value_minor as total from public.leads x where %s limit %s',
      public.where_sql(p_where), coalesce(p_most::text, 'all')) end) into counts;
  return coalesce(counts, '[]');
end
$$;

-- Columns of the board, each {"name", "where", "kept", "whole" (count all its leads)}: {name: {"counts": […], "leads": [the first cards]}}.
create or replace function public.board(
  p_columns jsonb, p_first int, p_order text, p_nulls jsonb, p_desc boolean, p_brief boolean, p_most int
) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  ordered text := public.sort_sql(array[p_order, 'id'], p_nulls, case when p_desc then ' desc' else '' end);
  card text := case when p_brief then format(
    'jsonb_build_object(''id'', x.id, ''version'', x.version, ''position'', x.position, %1$L, x.%1$I,'
    ' ''customer_version'', c.version, ''assignee_name'', u.name)', p_order)
  else
    'to_jsonb(x) || jsonb_build_object('
    '''customer'', jsonb_build_object(''id'', c.id, ''name'', c.name, ''phone'', c.phone, ''email'', c.email),'
    '''assignee'', case when u.id is not null then jsonb_build_object(''id'', u.id, ''name'', u.name) end)'
  end;
  board_column jsonb;
  cards jsonb;
  answer jsonb := '{}';
begin
  for board_column in select value from jsonb_array_elements(p_columns) loop
    execute format(
      'select jsonb_agg(%s order by %s)'
      ' from (select x.* from public.leads x where %s order by %s limit %s) x'
      ' join public.customers c on c.id = x.customer_id left join public.users u on u.id = x.assignee_id',
      card, ordered, public.where_sql(board_column -> 'where'), ordered, p_first) into cards;
    answer := answer || jsonb_build_object(board_column ->> 'name', jsonb_build_object(
      'counts', public.board_counts(board_column -> 'where', board_column -> 'kept',
        case when not (board_column -> 'whole')::boolean then p_most end),
      'leads', coalesce(cards, '[]')));
  end loop;
  return answer;
end
$$;

-- Of these tables, functions and sequences: those that are not there, or that the caller may not use. A JSON list.
create or replace function public.lacking(p_tables text[], p_functions text[], p_sequences text[]) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(name), '[]') from (
    select t as name from unnest(p_tables) t
    where not exists (
      select from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and relname = t
      and has_table_privilege(oid, 'select') and has_table_privilege(oid, 'insert')
      and has_table_privilege(oid, 'update') and has_table_privilege(oid, 'delete'))
    union all
    select f from unnest(p_functions) f
    where not exists (
      select from pg_proc where pronamespace = 'public'::regnamespace and proname = f
      and has_function_privilege(oid, 'execute'))
    union all
    select s from unnest(p_sequences) s
    where not exists (
      select from pg_sequences where schemaname = 'public' and sequencename = s
      and has_sequence_privilege('public.' || s, 'usage') and has_sequence_privilege('public.' || s, 'update'))
  ) missing
$$;

-- Only the server's key may call them.
do $$
declare
  f text;
begin
  foreach f in array array[
    'where_sql(jsonb)', 'sort_sql(text[], jsonb, text)',
    'find_rows(text, jsonb, text[], int, jsonb, jsonb, boolean)', 'moments(jsonb)',
    'apply_insert(text, jsonb)', 'set_sql(jsonb, jsonb)', 'expect_sql(jsonb)', 'apply_change(jsonb)',
    'commit_changes(jsonb)', 'claim_jobs(text, int, float8)', 'renew_jobs(text, text[], bigint[], float8)',
    'take_lease(text, text, float8)', 'count_lead()', 'fold_counts(int)', 'board_counts(jsonb, jsonb, int)',
    'board(jsonb, int, text, jsonb, boolean, boolean, int)', 'lacking(text[], text[], text[])']
  loop
    execute format('revoke execute on function public.%s from public', f);
    if exists (select from pg_roles where rolname = 'service_role') then
      execute format('revoke execute on function public.%s from anon, authenticated', f);
      execute format('grant execute on function public.%s to service_role', f);
    end if;
  end loop;
end
$$;

insert into public.schema_migrations (version, name, applied_at) values (20261125000002, 'functions', now())
on conflict (version) do nothing;

notify pgrst, 'reload schema';
