//! The plan of `ntnguard preflight`: the names of the variables to check, never their values.

use super::schema;
use super::value::AsText;
use crate::model::variable_name::VariableName;

/// The variables that `ntnguard preflight` checks before a deployment: their tokens must be set and
/// live, and their objects shared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PreflightPlan {
    /// `preflight.oauth`: the variables of the OAuth client
    pub oauth: Option<OauthVariables>,
    /// `preflight.tokens`, followed by the token variables of `preflight.objects` that are not
    /// among them.
    pub tokens: Vec<VariableName>,
    /// `preflight.objects`
    pub objects: Vec<ObjectVariables>,
}

/// The variables that hold the data of an OAuth client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OauthVariables {
    /// The variable that holds the client's id.
    pub client_id: VariableName,
    /// The variable that holds the client's secret.
    pub client_secret: VariableName,
    /// The variable that holds the redirect URI, to which Notion sends the user back.
    pub redirect_uri: Option<VariableName>,
}

/// The variables that hold the id of a page or database, and the token for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectVariables {
    /// The variable that holds the id of the page or database.
    pub id: VariableName,
    /// The variable that holds the token, which must have access to the object.
    pub token: VariableName,
}

impl schema::Preflight {
    /// Returns the plan; `None` if it has nothing to check.
    pub(super) fn plan(&self) -> Option<PreflightPlan> {
        let name = |AsText(name): &AsText<VariableName>| name.clone();
        let object = |object: &schema::PreflightObject| ObjectVariables {
            id: name(&object.id),
            token: name(&object.token),
        };
        let objects: Vec<ObjectVariables> = self.objects.iter().map(object).collect();
        let own = self.tokens.iter().map(name);
        let mut tokens: Vec<VariableName> = Vec::new();
        for token in own.chain(objects.iter().map(|object| object.token.clone())) {
            if !tokens.contains(&token) {
                tokens.push(token);
            }
        }
        let oauth = self.oauth.as_ref().map(|oauth| OauthVariables {
            client_id: name(&oauth.client_id),
            client_secret: name(&oauth.client_secret),
            redirect_uri: oauth.redirect_uri.as_ref().map(name),
        });
        let is_some = oauth.is_some() || !tokens.is_empty();
        is_some.then_some(PreflightPlan {
            oauth,
            tokens,
            objects,
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::fake::expand;
    use crate::policy::config::Config;

    const PLAN: &str = "version: 1\npreflight:\n  tokens: [A, B]\n  \
        oauth: {client-id: ID, client-secret: SECRET}\n  \
        objects: [{id: PAGE, token: A}, {id: BASE, token: C}]\n";

    #[test]
    fn tokens_of_objects_are_checked_too() {
        let plan = Config::parse("x", PLAN).ok().unwrap().preflight.unwrap();
        let names: Vec<&str> = plan.tokens.iter().map(|name| name.as_str()).collect();
        assert_eq!(names, ["A", "B", "C"]);
        assert_eq!(plan.objects.len(), 2);
        assert_eq!(plan.oauth.unwrap().redirect_uri, None);
        for text in ["version: 1\n", "version: 1\npreflight: {}\n"] {
            assert_eq!(Config::parse("x", text).ok().unwrap().preflight, None);
        }
    }

    #[test]
    fn an_error_hides_a_secret_in_place_of_a_name() {
        let token = expand("{ntn}", 4);
        let text = format!("version: 1\npreflight:\n  tokens: [{token}]\n");
        let error = Config::parse("x", text).err().unwrap();
        assert!(error.to_string().contains("is a secret"), "{error}");
        assert!(!format!("{error:?}").contains(&token[10..30]));
        let wrong = Config::parse("x", "version: 1\npreflight: {tokens: [\"a b\"]}\n");
        assert!(
            wrong
                .err()
                .unwrap()
                .to_string()
                .contains("not a variable's name")
        );
    }

    #[test]
    fn the_effective_configuration_keeps_the_preflight() {
        let config = Config::parse("x", PLAN).ok().unwrap();
        let plan = config.preflight.clone();
        let again = Config::parse("x", config.effective());
        assert_eq!(again.ok().unwrap().preflight, plan);
    }
}
