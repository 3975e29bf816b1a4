"""What left stays as it left, and a sex offender answer stays inside."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION acrime_response_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A released response is frozen: % refused', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER iar_response_frozen BEFORE UPDATE ON iar_response
    FOR EACH ROW EXECUTE FUNCTION acrime_response_frozen();

CREATE FUNCTION acrime_inside_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.destination <> 'FIELD_OFFICE'
       AND (SELECT inside_only FROM iar_response WHERE record_id = NEW.response_id) THEN
        RAISE EXCEPTION 'This response stays inside the agency'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER iar_delivery_inside_only BEFORE INSERT OR UPDATE ON iar_delivery
    FOR EACH ROW EXECUTE FUNCTION acrime_inside_only();

-- A message is kept exactly as it came.
CREATE FUNCTION acrime_message_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The original of a message is never changed'
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER iaq_message_kept BEFORE UPDATE OF original, original_sha256, digest, size
    ON iaq_message FOR EACH ROW EXECUTE FUNCTION acrime_message_kept();
"""

REVERSE = """
DROP TRIGGER iaq_message_kept ON iaq_message;
DROP FUNCTION acrime_message_kept();
DROP TRIGGER iar_delivery_inside_only ON iar_delivery;
DROP FUNCTION acrime_inside_only();
DROP TRIGGER iar_response_frozen ON iar_response;
DROP FUNCTION acrime_response_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("acrime", "0002_append_only_ledger")]

    operations = [migrations.RunSQL(FORWARD, REVERSE)]
