//! GitHub's expressions, as far as our action uses them: contexts, texts, `==`, `!=`, `&&` and `||`.

/// What an expression comes to.
#[derive(Clone, PartialEq, Debug)]
enum Value {
    Text(String),
    Truth(bool),
}

impl Value {
    /// A text is true unless it is empty: `'false'` is true.
    fn holds(&self) -> bool {
        match self {
            Value::Text(text) => !text.is_empty(),
            Value::Truth(truth) => *truth,
        }
    }

    fn text(self) -> String {
        match self {
            Value::Text(text) => text,
            Value::Truth(truth) => truth.to_string(),
        }
    }
}

/// What a context holds, by its name; the text is empty for what a run has not set.
pub type Contexts<'a> = &'a dyn Fn(&str) -> String;

/// A text with its `${{ … }}` filled in.
pub fn fill(text: &str, contexts: Contexts<'_>) -> String {
    let mut pieces = text.split("${{");
    let mut filled = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (expression, rest) = piece.split_once("}}").expect("expressions are closed");
        filled += &evaluate(expression, contexts).text();
        filled += rest;
    }
    filled
}

/// Whether a condition holds.
pub fn holds(condition: &str, contexts: Contexts<'_>) -> bool {
    evaluate(condition, contexts).holds()
}

/// The operators by how loosely they bind. None of our texts holds one.
fn evaluate(expression: &str, contexts: Contexts<'_>) -> Value {
    if let Some((left, right)) = expression.rsplit_once("||") {
        let left = evaluate(left, contexts);
        return if left.holds() {
            left
        } else {
            evaluate(right, contexts)
        };
    }
    if let Some((left, right)) = expression.rsplit_once("&&") {
        let left = evaluate(left, contexts);
        return if left.holds() {
            evaluate(right, contexts)
        } else {
            left
        };
    }
    for (operator, wanted) in [("==", true), ("!=", false)] {
        if let Some((left, right)) = expression.split_once(operator) {
            let [left, right] =
                [left, right].map(|side| evaluate(side, contexts).text().to_lowercase());
            return Value::Truth((left == right) == wanted);
        }
    }
    let name = expression.trim();
    match name
        .strip_prefix('\'')
        .and_then(|text| text.strip_suffix('\''))
    {
        Some(text) => Value::Text(text.to_owned()),
        None => Value::Text(contexts(name)),
    }
}

#[test]
fn expressions_are_evaluated_as_github_does() {
    let contexts = |name: &str| match name {
        "inputs.empty" => String::new(),
        "inputs.no" => "false".to_owned(),
        "inputs.yes" => "True".to_owned(),
        other => panic!("{other}"),
    };
    for (expression, value) in [
        ("a ${{ inputs.yes }}${{ inputs.empty }} b", "a True b"),
        ("${{ inputs.empty || '2' }}", "2"),
        ("${{ inputs.no || '2' }}", "false"),
        ("${{ inputs.yes == 'true' && '--flag' || '' }}", "--flag"),
        ("${{ inputs.no == 'true' && '--flag' || '' }}", ""),
        ("${{ inputs.empty != '' && inputs.no != 'true' }}", "false"),
        ("${{ inputs.yes != '' && inputs.no != 'true' }}", "true"),
    ] {
        assert_eq!(fill(expression, &contexts), value, "{expression}");
    }
    assert!(holds("inputs.no", &contexts) && !holds("inputs.empty", &contexts));
}
