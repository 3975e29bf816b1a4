"""Taking copies where they belong: into a spool folder, to an HTTPS address, by e-mail.

Each attempt is safe to repeat under the copy's key: a file that is there is not written again, a
call and an e-mail carry the key, by which the receiver tells a repeat.
"""
