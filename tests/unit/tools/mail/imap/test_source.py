"""A mailbox as a source, read over a socket from a stand-in that keeps to the standard."""

from collections.abc import Iterator

import pytest

from tests.unit.tools.mail.imap.mailboxes import ANNA, KIM, NOW, SECRET, Post, post_office, read, written
from tools.base import BadAnswer, CursorTooOld, LimitReached, SourceRecord, State, Unreachable, VendorError
from tools.mail.imap.source import PAGE


@pytest.fixture
def post() -> Iterator[Post]:
    with post_office() as office:
        yield office


def test_inbox_and_sent_mail_are_read_in_the_order_in_which_they_came(post: Post) -> None:
    for number in range(12):
        post.receive(number, "INBOX" if number % 3 else "Sent")
    records, _ = read(post.source())
    assert [one.source_id for one in records] == [f"<{number}@test>" for number in range(12)]
    assert [one.fields["direction"] for one in records[:4]] == ["outbound", "inbound", "inbound", "outbound"]
    first = records[1]
    assert (first.source, first.stream, first.fields["subject"]) == ("email", "emails", "Matter 1")
    assert (first.fields["from"], first.fields["to"]) == (KIM, [ANNA])
    assert first.occurred_at < first.at == NOW


def test_only_what_is_new_is_read_and_the_last_mail_not_again(post: Post) -> None:
    post.receive(1)
    _, cursor = read(post.source())
    assert read(post.source(), cursor)[0] == []
    post.receive(2)
    assert [one.source_id for one in read(post.source(), cursor)[0]] == ["<2@test>"]


def test_a_reader_that_is_killed_after_any_page_goes_on_to_the_same_end(post: Post) -> None:
    for number in range(2 * PAGE + 7):
        post.receive(number, "INBOX" if number % 4 else "Sent")
    whole, end = read(post.source())
    found: list[SourceRecord] = []
    cursor, complete = None, False
    while not complete:
        source = post.source()
        page = next(source.read("emails", cursor))
        source.wire.close()
        found += page.records
        cursor, complete = page.cursor, page.complete
    assert [one.source_id for one in found] == [one.source_id for one in whole]
    assert cursor == end


def test_a_connection_that_breaks_anywhere_loses_and_doubles_nothing(post: Post) -> None:
    for number in range(PAGE + 20):
        post.receive(number, "INBOX" if number % 2 else "Sent")
    expected = {one.source_id for one in read(post.source())[0]}
    for commands in range(14):
        post.fake.commands_until_drop = commands
        found, cursor = [], None
        for _ in range(5):
            source = post.source()
            try:
                for page in source.read("emails", cursor):
                    found += [one.source_id for one in page.records]
                    cursor = page.cursor
                break
            except Unreachable:
                continue
            finally:
                source.wire.close()
        assert sorted(found) == sorted(expected)


def test_a_folder_that_was_made_anew_is_read_again_and_each_mail_is_the_same_record(post: Post) -> None:
    for number in range(6):
        post.receive(number)
    before, cursor = read(post.source())
    post.box["INBOX"].renumber()
    post.receive(6)
    after, _ = read(post.source(), cursor)
    assert {one.source_id for one in after} == {one.source_id for one in before} | {"<6@test>"}
    fields = {one.source_id: one.fields for one in before}
    assert all(one.fields == fields[one.source_id] for one in after if one.source_id in fields)


def test_a_folder_that_is_made_anew_while_it_is_read_is_not_taken_for_the_old_one(post: Post) -> None:
    for number in range(PAGE + 5):
        post.receive(number)
    source = post.source()
    pages = source.read("emails", None)
    cursor = next(pages).cursor
    post.box["INBOX"].renumber()
    with pytest.raises(Unreachable):
        next(pages)
    source.wire.close()
    assert len({one.source_id for one in read(post.source(), cursor)[0]}) == PAGE + 5


def test_what_a_person_throws_out_as_unwanted_is_deleted_and_what_they_tidy_away_is_not(post: Post) -> None:
    uids = [post.receive(number) for number in range(4)]
    _, cursor = read(post.source())
    post.box["INBOX"].flag(uids[0], "$Junk")
    post.box.move(uids[1], "INBOX", "Junk")
    post.box.move(uids[2], "INBOX", "Trash")
    post.box["INBOX"].flag(uids[3], "\\Seen")
    records, cursor = read(post.source(), cursor)
    assert {(one.source_id, one.deleted) for one in records} == {("<0@test>", True), ("<1@test>", True)}
    assert all(one.fields == {} for one in records)
    assert read(post.source(), cursor)[0] == []


def test_a_server_without_numbered_changes_is_read_too(post: Post) -> None:
    post.fake.condstore = False
    post.receive(1)
    _, cursor = read(post.source())
    post.receive(2)
    assert [one.source_id for one in read(post.source(), cursor)[0]] == ["<2@test>"]


def test_further_folders_are_read_where_rules_file_what_comes_in(post: Post) -> None:
    post.receive(1)
    post.receive(2, "Trash")
    assert [one.source_id for one in read(post.source("Trash"))[0]] == ["<1@test>", "<2@test>"]


def test_whose_mailbox_it_is_matters_only_where_no_address_tells_it(post: Post) -> None:
    post.receive(1)
    post.receive(2, to="info@ours.example")
    named, blind = read(post.source())[0]
    assert "mailbox" not in named.fields
    assert blind.fields["mailbox"] == ANNA


def test_a_colleague_is_no_customer(post: Post) -> None:
    post.box["INBOX"].put(written(1, sender="ben@ours.example"), NOW)
    (record,) = read(post.source())[0]
    assert "direction" not in record.fields


def test_a_report_that_a_mail_was_refused_for_good_says_whose_address_it_is(post: Post) -> None:
    part = "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mail.ours.example\r\n\r\n"
    for number, (action, status) in enumerate((("failed", "5.1.1"), ("delayed", "4.2.0"), ("failed", "5.2.2"))):
        told = f"Final-Recipient: rfc822; kim@them.example\r\nAction: {action}\r\nStatus: {status}\r\n"
        body = f"--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n--b\r\n{part}{told}\r\n--b--"
        kind = "multipart/report; report-type=delivery-status; boundary=b"
        post.receive(number, sender="MAILER-DAEMON@them.example", MIME_Version="1.0", Content_Type=kind, text=body)
    crm = [one for one in read(post.source())[0] if one.stream == "crm"]
    assert [one.fields for one in crm] == [{"kind": "contact.changed", "email": KIM, "status": "bounced"}]


def test_a_mail_that_breaks_every_rule_is_told_and_hinders_no_other(post: Post) -> None:
    post.box["INBOX"].put(b"Subject: nobody\r\n\r\nx", NOW)
    post.receive(1)
    pages = list(post.source().read("emails", None))
    assert [one.source_id for page in pages for one in page.records] == ["<1@test>"]
    ((rejected,),) = [page.rejected for page in pages if page.rejected]
    assert (rejected.file, rejected.line, rejected.field) == ("imap inbox", 1, "from")


def test_a_date_in_the_future_is_when_the_server_got_it(post: Post) -> None:
    post.box["INBOX"].put(written(1, Date="Fri, 01 Jan 2100 00:00:00 +0000"), NOW)
    post.box["INBOX"].put(written(2, Date="yesterday, I think"), NOW)
    assert [one.occurred_at for one in read(post.source())[0]] == [NOW, NOW]


def test_one_mail_is_found_by_its_message_id(post: Post) -> None:
    post.receive(1, "Sent")
    source = post.source()
    page = source.get("emails", "<1@test>")
    assert page is not None
    assert page.records[0].fields["subject"] == "Matter 1"
    assert source.get("emails", "<2@test>") is None


@pytest.mark.parametrize("bearer", [False, True])
def test_a_password_or_an_access_token_opens_it_and_a_wrong_one_does_not(post: Post, bearer: bool) -> None:
    good = post.source(bearer=bearer).check()
    assert (good.state, good.who) == (State.WELL, ANNA)
    bad = post.source(secret="another", bearer=bearer).check()
    assert bad.state is State.NOT_ALLOWED
    assert "another" not in str(bad)


def test_a_server_that_asks_to_come_back_later_is_at_its_limit(post: Post) -> None:
    post.fake.busy = True
    assert post.source().check().state is State.LIMITED
    with pytest.raises(LimitReached):
        list(post.source().read("emails", None))


def test_errors_and_logs_hold_no_secret_and_no_word_of_a_mail(post: Post, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    post.receive(1, text="canary-words-4410")
    read(post.source())
    with pytest.raises(BadAnswer) as refused:
        list(post.source("Nowhere").read("emails", None))
    with pytest.raises(VendorError) as wrong:
        list(post.source(secret="canary-other-secret").read("emails", None))
    told = caplog.text + repr(refused.value) + repr(wrong.value) + repr(post.source())
    assert not any(one in told for one in (SECRET, "canary-other-secret", "canary-words-4410"))


def test_a_cursor_that_is_not_ours_asks_for_everything_anew(post: Post) -> None:
    with pytest.raises(CursorTooOld):
        list(post.source().read("emails", "none of ours"))


def test_what_lies_before_the_beginning_is_neither_read_nor_counted(post: Post) -> None:
    post.box["INBOX"].put(written(1), NOW.replace(year=2020))
    post.receive(2)
    assert post.source().estimate("emails", None) == 1
    assert [one.source_id for one in read(post.source())[0]] == ["<2@test>"]


def test_a_mailbox_without_a_folder_of_sent_mail_gives_no_sight(post: Post) -> None:
    sight = post.source().sight(NOW, NOW)
    assert [(one.source, one.holder) for one in sight] == [("email", ANNA)]
    del post.box.folders["Sent"]
    source = post.source()
    source.wire._folders = {"inbox": "INBOX"}
    assert source.sight(NOW, NOW) == []
