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
