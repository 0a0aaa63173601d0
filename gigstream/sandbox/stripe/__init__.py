"""Stripe as far as the site speaks to it: payments, refunds, events, webhooks, and a card form."""
