"""Settings by place: `local` (embedded default), `test`, `production`; `base` is what they share."""
