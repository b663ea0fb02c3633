//! What is typed, chosen, wrong, and kept.

use super::*;

fn input(name: &str, kind: InputKind, required: bool) -> Input {
    Input { name: name.into(), description: None, kind, required, default: None }
}

fn known() -> Known {
    let regions = vec!["eu".to_owned(), "us".to_owned()];
    Known {
        files: vec!["deploy.yml".into(), "rollback.yml".into()],
        refs: vec!["main".into(), "v1".into()],
        environments: vec!["production".into(), "staging".into()],
        all_environments: false,
        inputs: Some(vec![
            input("version", InputKind::String, true),
            input("count", InputKind::Number, false),
            input("dry", InputKind::Boolean, false),
            input("region", InputKind::Choice(regions), true),
            input("where", InputKind::Environment, false),
        ]),
    }
}

fn form(known: &Known) -> Form {
    let mut form = Form::new("a/b".parse().unwrap(), "deploy.yml".into(), "main".into());
    form.learn(known);
    form
}

fn press(form: &mut Form, keys: &str) {
    for key in keys.split_whitespace() {
        form.key(key.parse().unwrap(), &known());
    }
}

#[test]
fn values_are_typed_chosen_and_switched() {
    let mut form = form(&known());
    press(&mut form, "1 . 2 down 3 down space down right down left");
    let subject = form.subject().unwrap();
    let Subject::Workflow { file, git_ref, inputs } = subject else { panic!() };
    assert_eq!((file.as_str(), git_ref.as_str()), ("deploy.yml", "main"));
    let given: Vec<String> = inputs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(given, ["count=3", "dry=true", "region=us", "version=1.2", "where=production"]);
    press(&mut form, "tab tab right");
    assert_eq!(form.git_ref.text(), "v1", "Tab goes round, and known refs are chosen");
}

#[test]
fn what_is_wrong_is_said_beside_it_and_the_cursor_goes_there() {
    let mut form = form(&known());
    assert_eq!(form.wrong(2), None, "nobody has tried yet");
    press(&mut form, "down x");
    assert_eq!(form.wrong(3).as_deref(), Some("not a number"));
    assert_eq!(form.subject(), None);
    assert_eq!((form.row, form.wrong(2).as_deref()), (2, Some("required")));
    press(&mut form, "7 up ctrl-u");
    assert_eq!(form.wrong(1).as_deref(), Some("required"));
    press(&mut form, "- x");
    assert_eq!(form.wrong(1).as_deref(), Some("no branch or tag is called so"));
}

#[test]
fn what_was_typed_stays_when_the_workflow_or_its_file_changes() {
    let mut form = form(&known());
    press(&mut form, "7 up up right");
    assert_eq!(form.file, "rollback.yml");
    let other = Known { inputs: Some(vec![input("to", InputKind::String, false)]), ..known() };
    form.learn(&other);
    assert_eq!(form.entries.len(), 1);
    press(&mut form, "left");
    form.learn(&known());
    assert_eq!(form.entries[0].value.text(), "7");
}

#[test]
fn without_a_file_lines_are_typed() {
    let blind = Known { inputs: None, ..known() };
    let mut form = form(&blind);
    press(&mut form, "v e r s i o n = 7");
    form.learn(&blind);
    assert_eq!(form.entries.len(), 2, "another line to type");
    press(&mut form, "down x");
    assert_eq!(form.wrong(3).as_deref(), Some("write name=value"));
    assert_eq!(form.subject(), None);
    press(&mut form, "backspace");
    let Some(Subject::Workflow { inputs, .. }) = form.subject() else { panic!() };
    assert_eq!(inputs, [("version".to_owned(), "7".to_owned())].into());
    form.learn(&known());
    assert_eq!(form.entries[0].value.text(), "7", "the file came, and what was typed is kept");
}

#[test]
fn an_environment_is_chosen_where_all_are_known_and_typed_elsewhere() {
    let all = Known { all_environments: true, ..known() };
    let place = |form: &Form| form.entries[4].value.text().to_owned();
    let mut form = form(&known());
    press(&mut form, "7 down down down down p r o d");
    assert_eq!((place(&form).as_str(), form.wrong(6)), ("prod", None), "there may be others");
    form.learn(&all);
    assert_eq!(form.wrong(6).as_deref(), Some("one of production, staging"));
    assert_eq!(form.subject(), None);
    assert_eq!(form.row, 6);
    press(&mut form, "x backspace right");
    assert_eq!((place(&form).as_str(), form.wrong(6)), ("production", None), "nothing is typed");
    press(&mut form, "right right left");
    assert_eq!(place(&form), "staging");
    let Some(Subject::Workflow { inputs, .. }) = form.subject() else { panic!() };
    assert_eq!(inputs["where"], "staging");
}
