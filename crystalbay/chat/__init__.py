"""Inner parts of the dialogue engine (intelligent_chat_processor.py): its state, its words, its questions."""
