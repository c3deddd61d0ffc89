"""The inner parts of crystalbay/sandbox/supabase.py: PostgREST's protocol over a real PostgreSQL.

What it promises is what PostgREST 14-16 does on a hosted Supabase project, as far as supabase-py can ask for it. Facts
come from PostgREST's documentation and source (docs/references/api, errors.rst; src/library/PostgREST).
"""
