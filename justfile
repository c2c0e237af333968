# `just check` runs everything that CI runs.
check:
    bash .ci/run

bench:
    cargo bench --bench floor

deny:
    cargo deny check
