//! Where answers go: clean text or JSON, to any writer; a closed pipe is not an error.

use std::io::{self, Write};

use clap::ValueEnum;
use serde::Serialize;

use crate::text;

/// How to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For a person.
    Table,
    /// For a program; fields are only ever added.
    Json,
    /// For a chat or a ticket.
    Markdown,
}

/// A place to print to.
pub struct Output<W: Write> {
    writer: W,
    /// How to print.
    pub format: Format,
}

impl<W: Write> Output<W> {
    /// Prints to a writer.
    pub fn new(writer: W, format: Format) -> Self {
        Self { writer, format }
    }

    /// One line of clean text.
    ///
    /// # Errors
    /// When the writer fails; never for a closed pipe.
    pub fn line(&mut self, line: impl AsRef<str>) -> io::Result<()> {
        let line = text::clean(line.as_ref());
        closed(writeln!(self.writer, "{}", line.trim_end()))
    }

    /// A value as JSON on one line, with nothing in it that a terminal would act on.
    ///
    /// # Errors
    /// When the writer fails; never for a closed pipe.
    pub fn json<T: Serialize>(&mut self, value: &T) -> io::Result<()> {
        let json = serde_json::to_string(value)?;
        closed(writeln!(self.writer, "{}", text::escape_json(&json)))
    }

    /// Columns, each as wide as its widest cell; in Markdown, a table.
    ///
    /// # Errors
    /// When the writer fails; never for a closed pipe.
    pub fn table(&mut self, head: &[&str], rows: &[Vec<String>]) -> io::Result<()> {
        use unicode_width::UnicodeWidthStr;
        let clean: Vec<Vec<String>> =
            rows.iter().map(|row| row.iter().map(|cell| text::line(cell, 400)).collect()).collect();
        let markdown = self.format == Format::Markdown;
        let mut widths: Vec<usize> = head.iter().map(|cell| cell.width()).collect();
        for row in &clean {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.width());
            }
        }
        let mut render = |cells: Vec<&str>| -> io::Result<()> {
            let padded = cells.iter().zip(&widths).map(|(cell, width)| {
                let cell = if markdown { cell.replace('|', "\\|") } else { (*cell).to_owned() };
                let gap = width.saturating_sub(cell.width());
                format!("{cell}{}", " ".repeat(gap))
            });
            let padded: Vec<String> = padded.collect();
            let line =
                if markdown { format!("| {} |", padded.join(" | ")) } else { padded.join("  ") };
            closed(writeln!(self.writer, "{}", line.trim_end()))
        };
        render(head.to_vec())?;
        if markdown {
            let dashes: Vec<String> =
                widths.iter().map(|width| "-".repeat((*width).max(3))).collect();
            render(dashes.iter().map(String::as_str).collect())?;
        }
        for row in &clean {
            render(row.iter().map(String::as_str).collect())?;
        }
        Ok(())
    }

    /// Flushes.
    ///
    /// # Errors
    /// When the writer fails; never for a closed pipe.
    pub fn flush(&mut self) -> io::Result<()> {
        closed(self.writer.flush())
    }
}

/// `status | head` ends early, and that is fine.
fn closed(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}
