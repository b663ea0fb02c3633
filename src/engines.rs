//! What moves traffic: observe a rollout, act on it.
