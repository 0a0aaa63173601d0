from gigstream.core.ids import uuid7


def test_identifiers_are_version_7_and_in_the_order_of_their_making():
    made = []
    for _ in range(200):
        made.append(uuid7())
        for _ in range(50):  # a moment, longer than the clock's smallest step
            pass

    assert {each.version for each in made} == {7}
    assert {each.variant for each in made} == {"specified in RFC 4122"}
    assert sorted(made) == made


def test_no_two_are_the_same():
    assert len({uuid7() for _ in range(10_000)}) == 10_000
