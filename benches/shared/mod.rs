//! What the benches share.

/// True when `cargo test --benches` only shows that everything works: small inputs do.
pub(crate) fn testing() -> bool {
    !std::env::args().any(|argument| argument == "--bench")
}
