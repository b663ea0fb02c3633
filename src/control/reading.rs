//! What is wanted of a job's log that is looked at, as data: whoever reads the network and the disk does it.

use std::ops::Range;

use crate::model::Job;

/// What is wanted.
#[derive(Debug, Clone, PartialEq)]
pub enum Reading {
    /// The log of a job, in place of any other.
    Open {
        /// The GitHub host, by its feed source.
        host: String,
        /// The repository.
        repo: String,
        /// The job, with its steps.
        job: Box<Job>,
    },
    /// These lines.
    Lines(Vec<Range<u64>>),
    /// The nearest line with a text, from a line on; behind the end it goes on at the other one.
    Find {
        /// The text.
        needle: String,
        /// From where, itself included.
        from: u64,
        /// Towards the end.
        forward: bool,
    },
    /// A copy in a file.
    Save,
    /// No more of it.
    Close,
}
