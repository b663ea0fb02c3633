//! What lines there are, and where the cursor is.
