//! kill −9 at every boundary between journal and call.
