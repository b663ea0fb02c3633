//! Where themes lie: those in the program, and those in the operator's folder. Reads files, and knows
//! nothing of what is in them but whom they inherit from.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;

use super::{DEFAULT, ThemeError, parse};

/// The built-in themes: name and file.
pub(super) const BUILT_IN: [(&str, &str); 5] = [
    (DEFAULT, include_str!("../../../themes/dark.toml")),
    ("light", include_str!("../../../themes/light.toml")),
    ("high-contrast", include_str!("../../../themes/high-contrast.toml")),
    ("colour-blind", include_str!("../../../themes/colour-blind.toml")),
    ("no-colour", include_str!("../../../themes/no-colour.toml")),
];

/// How many files may inherit from one another.
const GENERATIONS: usize = 8;

/// The longest theme file, in bytes.
const FILE_MAX: u64 = 64 * 1024;

/// Themes of the operator's that are offered.
const OFFERED: usize = 100;

/// A theme file's text.
#[derive(Debug)]
pub(super) struct Source {
    /// The file's path, or a built-in theme's name.
    pub(super) file: String,
    pub(super) text: String,
    own: bool,
}

impl Source {
    /// Reads something of it.
    pub(super) fn read<T>(
        &self,
        part: impl FnOnce(parse::File<'_>) -> Result<T, parse::Problem>,
    ) -> Result<T, ThemeError> {
        let read = parse::File::read(&self.text).and_then(part);
        read.map_err(|problem| self.blame(problem))
    }

    fn blame(&self, problem: parse::Problem) -> ThemeError {
        let parse::Problem { line, key, text } = problem;
        ThemeError { file: self.file.clone(), line, key, text }
    }
}

/// The theme of that name and all that it inherits from, the oldest ancestor last.
pub(super) fn lineage(name: &str, folder: Option<&Path>) -> Result<Vec<Source>, ThemeError> {
    let mut line: Vec<Source> = Vec::new();
    let mut names = vec![name.to_owned()];
    let mut source = find(name, folder)?;
    loop {
        let inherits = source.read(|file| file.inherits())?;
        let own = source.own;
        line.push(source);
        let here = &line[line.len() - 1];
        let (parent, at) = match inherits {
            Some((parent, at)) => (parent, Some(at)),
            None if own => (DEFAULT.to_owned(), None),
            None => return Ok(line),
        };
        let blame =
            |text| here.blame(parse::Problem { line: at, key: "inherits".to_owned(), text });
        // a file that inherits from its own name means the built-in theme of that name
        let itself = names.last() == Some(&parent);
        names.push(parent.clone());
        let beneath = if itself || at.is_none() { None } else { folder };
        let next = find(&parent, beneath).map_err(|error| match error.line {
            None if error.key.is_empty() => blame(error.text),
            _ => error,
        })?;
        if line.iter().any(|held| held.file == next.file) {
            let text = format!("themes inherit in a circle: {}", names.join(" → "));
            return Err(blame(text));
        }
        if line.len() == GENERATIONS {
            return Err(blame(format!("more than {GENERATIONS} themes inherit from one another")));
        }
        source = next;
    }
}

fn find(name: &str, folder: Option<&Path>) -> Result<Source, ThemeError> {
    let shown = crate::text::line(name, 40);
    let fail = |file: &str, text: String| ThemeError {
        file: file.to_owned(),
        line: None,
        key: String::new(),
        text,
    };
    if !is_name(name) {
        return Err(fail(&shown, "a theme's name has letters, digits, - and _ only".to_owned()));
    }
    if let Some(path) =
        folder.map(|folder| folder.join(format!("{name}.toml"))).filter(|path| path.exists())
    {
        let file = crate::text::clean(&path.to_string_lossy());
        let mut text = String::new();
        let read =
            File::open(&path).and_then(|file| file.take(FILE_MAX + 1).read_to_string(&mut text));
        return match read {
            Ok(n) if n as u64 > FILE_MAX => Err(fail(&file, "is longer than 64 KiB".to_owned())),
            Ok(_) => Ok(Source { file, text, own: true }),
            Err(error) => Err(fail(&file, format!("cannot be read: {error}"))),
        };
    }
    if let Some((_, text)) = BUILT_IN.iter().find(|(built_in, _)| *built_in == name) {
        return Ok(Source { file: shown, text: (*text).to_owned(), own: false });
    }
    let known = names(folder).join(", ");
    Err(fail(&shown, format!("there is no theme `{shown}`; there are {known}")))
}

/// Every theme there is: the built-in ones, then the operator's own by name.
pub(super) fn names(folder: Option<&Path>) -> Vec<String> {
    let mut own: Vec<String> = folder
        .and_then(|folder| fs::read_dir(folder).ok())
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            Some(entry.ok()?.file_name().to_str()?.strip_suffix(".toml")?.to_owned())
        })
        .filter(|name| is_name(name) && !BUILT_IN.iter().any(|(built_in, _)| built_in == name))
        .collect();
    own.sort();
    own.truncate(OFFERED);
    BUILT_IN.iter().map(|(name, _)| (*name).to_owned()).chain(own).collect()
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
}
