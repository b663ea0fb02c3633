//! The real program against servers, files and environments that are hostile throughout.
