//! The figures, for people or for machines.

use serde::Serialize;

/// One measured value.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Figure {
    pub(crate) bench: &'static str,
    pub(crate) size: String,
    pub(crate) who: String,
    pub(crate) median: f64,
    pub(crate) unit: &'static str,
}

/// Prints the figures of one race: a line of JSON each, or a table with each one's share of ours.
pub(crate) fn figures(figures: &[Figure], json: bool) {
    for figure in figures {
        if json {
            let line = serde_json::to_string(figure).expect("a figure is plain data");
            println!("{line}");
        } else {
            println!("{}", line(figure, figures));
        }
    }
}

fn line(figure: &Figure, race: &[Figure]) -> String {
    let Figure {
        bench,
        size,
        who,
        median,
        unit,
    } = figure;
    let ours = race.iter().find(|other| other.who == "ours");
    let ratio = match ours {
        Some(ours) if figure.who != "ours" => {
            // Time is better when it is less, everything else when it is more.
            let ratio = if *unit == "µs" {
                median / ours.median
            } else {
                ours.median / median
            };
            format!("  ours is {ratio:.2} × this")
        }
        _ => String::new(),
    };
    format!("{bench:<20} {size:>5}  {who:<24} {median:>14.1} {unit}{ratio}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(who: &str, median: f64, unit: &'static str) -> Figure {
        Figure {
            bench: "b",
            size: "40k".to_owned(),
            who: who.to_owned(),
            median,
            unit,
        }
    }

    #[test]
    fn more_is_better_except_for_time() {
        let rate = [figure("ours", 3.0, "1/s"), figure("peer", 2.0, "1/s")];
        assert!(line(&rate[1], &rate).ends_with("ours is 1.50 × this"));
        let time = [figure("ours", 3.0, "µs"), figure("peer", 6.0, "µs")];
        assert!(line(&time[1], &time).ends_with("ours is 2.00 × this"));
        assert!(line(&time[0], &time).ends_with("3.0 µs"));
    }

    #[test]
    fn a_figure_is_one_line_of_json() {
        let line = serde_json::to_string(&figure("ours", 1.5, "MB/s")).unwrap();
        assert_eq!(
            line,
            r#"{"bench":"b","size":"40k","who":"ours","median":1.5,"unit":"MB/s"}"#
        );
    }
}
