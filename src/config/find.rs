//! Which file is the configuration. Reads that one file and nothing else.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use super::error::ConfigError;
use super::paths::{Env, Paths};

/// The largest file that is read, in bytes.
const LARGEST: u64 = 1024 * 1024;

/// The variable that names a configuration.
const VARIABLE: &str = "FLIGHTDECK_CONFIG";

/// The name of a configuration in a working folder.
const NAME: &str = "flightdeck.toml";

/// A configuration that was found, not read as one yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Where it is.
    pub path: PathBuf,
    /// What is in it.
    pub text: String,
    /// Who named it.
    pub origin: Origin,
}

/// Who named a configuration. What the operator named is trusted; what merely lay there is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// `--config`.
    Explicit,
    /// `$FLIGHTDECK_CONFIG`.
    Variable,
    /// `./flightdeck.toml`.
    WorkingFolder,
    /// The user's configuration folder.
    UserFolder,
}

/// Finds the configuration: `--config`, `$FLIGHTDECK_CONFIG`, `./flightdeck.toml`, then `config.toml` or
/// `flightdeck.toml` in the user's configuration folder.
///
/// # Errors
/// When what was named cannot be read, or nothing was named and nothing lies anywhere.
pub fn find(explicit: Option<&Path>, env: &Env, cwd: &Path) -> Result<Found, ConfigError> {
    if let Some(path) = explicit {
        return named(path.to_owned(), cwd, Origin::Explicit, "given by --config");
    }
    if let Some(path) = env.path(VARIABLE) {
        return named(path, cwd, Origin::Variable, "given by $FLIGHTDECK_CONFIG");
    }
    let user = Paths::of(env).config_dir;
    let here = cwd.join(NAME);
    let theirs = [user.join("config.toml"), user.join(NAME)];
    if let Some(text) = read(&here)? {
        // standing in the user's folder does not make its file a stranger's
        let same = here.canonicalize().ok();
        let own = theirs.iter().any(|path| same.is_some() && path.canonicalize().ok() == same);
        let origin = if own { Origin::UserFolder } else { Origin::WorkingFolder };
        let path = here;
        return Ok(Found { path, text, origin });
    }
    for path in &theirs {
        if let Some(text) = read(path)? {
            let (path, origin) = (path.clone(), Origin::UserFolder);
            return Ok(Found { path, text, origin });
        }
    }
    let looked: Vec<String> =
        std::iter::once(&here).chain(&theirs).map(|path| path.display().to_string()).collect();
    Err(ConfigError::file(
        "",
        format!(
            "no configuration: no --config, no $FLIGHTDECK_CONFIG, and nothing at {}",
            looked.join(", ")
        ),
        "start from config.example.toml; `flightdeck demo` needs none",
    ))
}

fn named(path: PathBuf, cwd: &Path, origin: Origin, how: &str) -> Result<Found, ConfigError> {
    let path: PathBuf = cwd.join(path).components().collect();
    match read(&path)? {
        Some(text) => Ok(Found { path, text, origin }),
        None => Err(ConfigError::file(
            path,
            format!("there is no such file; it was {how}"),
            "name one that exists; config.example.toml is a start",
        )),
    }
}

/// The text of a file; none when there is no such file.
fn read(path: &Path) -> Result<Option<String>, ConfigError> {
    let cannot = |error: &std::io::Error| {
        ConfigError::file(path, format!("it cannot be read: {error}"), "make it a readable file")
    };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(cannot(&error)),
    };
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|error| cannot(&error))?;
    if bytes.len() as u64 > LARGEST {
        let found = "it is larger than a megabyte";
        return Err(ConfigError::file(path, found, "name a configuration"));
    }
    String::from_utf8(bytes).map(Some).map_err(|error| {
        let found = format!("byte {} is not UTF-8", error.utf8_error().valid_up_to());
        ConfigError::file(path, found, "save it as UTF-8")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn env(pairs: &[(&str, &Path)]) -> Env {
        pairs.iter().map(|(name, value)| (*name, *value)).collect()
    }

    #[test]
    fn the_order_is_flag_variable_working_folder_user_folder() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        let cwd = root.join("work");
        let user = root.join("config/flightdeck");
        fs::create_dir_all(&cwd).unwrap();
        fs::create_dir_all(&user).unwrap();
        let bare = env(&[("XDG_CONFIG_HOME", &root.join("config"))]);

        let error = find(None, &bare, &cwd).unwrap_err().to_string();
        for part in [
            "work/flightdeck.toml",
            "config/flightdeck/config.toml",
            "flightdeck demo",
            "config.example.toml",
        ] {
            assert!(error.contains(part), "{part} in {error}");
        }

        fs::write(user.join("flightdeck.toml"), "d").unwrap();
        assert_eq!(find(None, &bare, &cwd).unwrap().text, "d");
        fs::write(user.join("config.toml"), "c").unwrap();
        let found = find(None, &bare, &cwd).unwrap();
        assert_eq!((found.text.as_str(), found.origin), ("c", Origin::UserFolder));
        fs::write(cwd.join("flightdeck.toml"), "w").unwrap();
        let found = find(None, &bare, &cwd).unwrap();
        assert_eq!((found.text.as_str(), found.origin), ("w", Origin::WorkingFolder));
        assert_eq!(find(None, &bare, &user).unwrap().origin, Origin::UserFolder);

        let set = env(&[("FLIGHTDECK_CONFIG", &user.join("config.toml"))]);
        assert_eq!(find(None, &set, &cwd).unwrap().origin, Origin::Variable);
        let found = find(Some(Path::new("flightdeck.toml")), &set, &cwd).unwrap();
        assert_eq!((found.text.as_str(), found.origin), ("w", Origin::Explicit));
    }

    #[test]
    fn what_was_named_must_be_there_and_be_text() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        let say = |path: &str| {
            find(Some(Path::new(path)), &Env::default(), root).unwrap_err().to_string()
        };
        assert!(say("none.toml").contains("given by --config"));
        fs::write(root.join("bytes"), b"a\xff").unwrap();
        assert!(say("bytes").contains("byte 1 is not UTF-8"));
        fs::write(root.join("large"), vec![b'#'; 1024 * 1024 + 1]).unwrap();
        assert!(say("large").contains("larger than a megabyte"));
        assert!(say(".").contains("cannot be read"));
    }
}
