"""Inner parts of the REST API: shapes, problems, the OpenAPI document, idempotency."""
