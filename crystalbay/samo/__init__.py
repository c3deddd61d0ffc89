"""Inner parts of `api_integration`: transport, cache, reading of answers, names. No I/O outside `transport`."""
