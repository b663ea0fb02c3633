//! The one HTTP stack: reqwest on rustls with ring.
