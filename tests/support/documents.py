"""Reading a document as a checker does, without an alarm that is known to be false."""

from io import BytesIO

import page
import pikepdf

FALSE_ALARM = "PDFA2A-STREAM-LENGTH-001"
UA = page.ValidationProfile.PDF_UA_1
A = page.ValidationProfile.PDF_A_2A
# How many rules of each are looked at, at least; fewer would prove less.
RULES = {UA: 100, A: 150}


def broken_rules(document: bytes, profile: page.ValidationProfile) -> list[tuple[str, str]]:
    """What *document* breaks of a standard, by the checker's rules.

    The checker takes a carriage return that is a stream's last byte for part of the end of the
    line, and calls the stream's right length wrong. One stream in 256 ends so. Where another
    reader finds no wrong length, that one alarm does not count.
    """
    report = page.validate_pdf_bytes(document, profile=profile)
    assert report.rules.total > RULES[profile]
    return [
        (failure.rule_id, failure.message)
        for failure in report.failures
        if failure.rule_id != FALSE_ALARM or not _lengths_are_right(document)
    ]


def _lengths_are_right(document: bytes) -> bool:
    with pikepdf.open(BytesIO(document), attempt_recovery=False) as opened:
        streams = [each for each in opened.objects if isinstance(each, pikepdf.Stream)]
        right = all(len(each.read_raw_bytes()) == int(each["/Length"]) for each in streams)
        return right and not opened.check_pdf_syntax()
