.PHONY: matrix
# Every fault of the laboratory, performed for real: what each side names against what is true.
matrix:
	cargo test --quiet -p tlsdiag-core --test matrix -- --nocapture --test-threads 1
