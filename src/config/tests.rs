//! The rules, one file each: `tests/configs/valid` parse, `tests/configs/invalid` fail with exactly the
//! messages of the `.err` beside them. `UPDATE=1` writes those anew.

use std::fs;
use std::path::PathBuf;

use super::*;

fn cases(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/configs")
        .join(folder);
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "toml"))
        .collect();
    files.sort();
    assert!(!files.is_empty());
    files
}

fn parse_file(path: &Path) -> Result<Config, Vec<ConfigError>> {
    let text = fs::read_to_string(path).unwrap();
    parse(&text, Path::new(path.file_name().unwrap()))
}

fn said(errors: &[ConfigError]) -> String {
    errors.iter().map(|error| format!("{error}\n")).collect()
}

#[test]
fn valid_files_parse() {
    for path in cases("valid") {
        if let Err(errors) = parse_file(&path) {
            panic!("{}:\n{}", path.display(), said(&errors));
        }
    }
}

#[test]
fn invalid_files_say_where_and_what_to_do() {
    for path in cases("invalid") {
        let errors = parse_file(&path).expect_err(&path.display().to_string());
        let expected = path.with_extension("err");
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&expected, said(&errors)).unwrap();
        }
        let expected = fs::read_to_string(&expected).unwrap_or_default();
        assert_eq!(said(&errors), expected, "{}", path.display());
    }
}
