"""Inner parts of the Wazzup24 channel. Its face, and the only module that others import, is `wazzup_integration`."""
