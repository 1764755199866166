"""The witness: the official SDKs judge this client and this emulator.

Client and emulator share their declarations, so they would share mistakes. The official SDKs do not: each stands in an
environment of its own (``environments``), runs in a process of its own (``caller`` there, ``clients`` here) and is
asked the same things as our client.

* ``test_requests``: the same input gives the same request (``generate``, ``recorder``, ``compare``).
* ``test_answers``: the same answer is read alike.
* ``test_defects``: what the official SDKs get wrong they still get wrong, and ours does not.
* ``test_creates``: how often a create is sent to a service that answers 503.
* ``test_faults``: what becomes of a call when the emulator misbehaves (``troubles``).
* ``test_operations``: all operations of both SDKs succeed against the emulator (``journey``).
* ``test_service``: what the emulator does besides, as the SDKs see it: checks, refusals, time, users, its switches.

Both packages are called ``ttd_workflows``; no process here ever imports two of them.
"""
