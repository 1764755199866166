"""What the tests share: a server that misbehaves to the byte, ways of sending, example calls, a scan for secrets."""
