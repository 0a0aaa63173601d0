"""Parts of a payment, however it is cut."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gigstream.core.models import Policy
from payments.actions import shares
from payments.models import Payment


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    price=st.integers(1, 100_000),
    fee_bps=st.integers(0, 5000),
    commission_bps=st.integers(0, 5000),
    cuts=st.lists(st.integers(1, 1000), min_size=1, max_size=6),
)
def test_any_sequence_of_parts_ends_at_the_last_cent(
    price, fee_bps, commission_bps, cuts
):
    policy = Policy(service_fee_bps=fee_bps, commission_bps=commission_bps)
    payment = Payment(
        price=price,
        fee=policy.service_fee(price),
        commission=policy.commission(price),
    )
    so_far = shares.Share()
    steps = [price * cut // sum(cuts) for cut in cuts]

    for step in [*steps, price - sum(steps)]:
        part = shares.next_part(payment, step, gone=so_far)
        assert part.fee >= 0
        assert 0 <= part.commission <= part.price
        so_far += part

    assert so_far == shares.whole(payment)


@settings(max_examples=300, deadline=None)
@given(
    price=st.integers(1, 30),
    commission_bps=st.integers(1, 5000),
    steps=st.lists(st.tuples(st.booleans(), st.integers(0, 29)), max_size=20),
)
def test_what_banks_give_back_in_between_leaves_nobody_below_zero(
    price, commission_bps, steps
):
    policy = Policy(service_fee_bps=1000, commission_bps=commission_bps)
    payment = Payment(
        price=price,
        fee=policy.service_fee(price),
        commission=policy.commission(price),
    )
    taken, all_of_it = [], shares.whole(payment)

    for is_back, number in steps:
        left = all_of_it - shares.total(taken)
        if is_back and taken:
            taken.pop(number % len(taken))
        elif left.price:
            step = 1 + number % left.price
            taken.append(shares.next_part(payment, step, gone=all_of_it - left))
        left = all_of_it - shares.total(taken)
        for each in [*taken, left]:
            assert each.fee >= 0
            assert 0 <= each.commission <= each.price

    left = all_of_it - shares.total(taken)
    last = shares.next_part(payment, left.price, gone=shares.total(taken))
    assert last == left
