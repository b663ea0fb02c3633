use super::*;

#[test]
fn probe() {
    let mut stage = Stage::new(World::bad());
    stage.keys("j");
    for (w, h) in [(120, 40), (80, 24), (40, 12)] {
        println!("{}", stage.picture(w, h));
    }
}
