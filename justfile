# `just check` is what CI runs.
check:
    bash .ci/run

bench:
    cargo bench --bench floor

deny:
    cargo deny check
