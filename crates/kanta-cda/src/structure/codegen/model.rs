//! What will be written: types with their fields, alike ones once.

use std::collections::HashMap;

use super::names;
use crate::structure::{CodeSystem, Field, Language, Representation, Structure};

/// The types of one structure, the document first.
pub(super) struct Module<'s> {
    pub(super) groups: Vec<Group<'s>>,
    pub(super) lists: Vec<List>,
}

/// A struct.
pub(super) struct Group<'s> {
    pub(super) name: String,
    pub(super) field: Field<'s>,
    pub(super) members: Vec<Member<'s>>,
    /// Whether something in it borrows.
    pub(super) borrows: bool,
}

/// A field of a struct.
pub(super) struct Member<'s> {
    pub(super) name: String,
    pub(super) field: Field<'s>,
    pub(super) kind: Kind,
    pub(super) shape: Shape,
    /// The fixed text, where the structure gives one.
    pub(super) phrase: Option<&'s str>,
}

/// What one value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Switch,
    Number,
    Date,
    Moment,
    Code,
    Identifier,
    Quantity,
    /// A value of a list of the structure's own, by its number.
    Local(usize),
    /// A group, by its number.
    Group(usize),
    /// A group without fields.
    Bare,
}

/// How often it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Required,
    Optional,
    List,
}

/// An enum.
pub(super) struct List {
    pub(super) name: String,
    pub(super) system: String,
    pub(super) title: String,
    /// The variant of each code.
    pub(super) codes: Vec<(String, String)>,
}

impl<'s> Module<'s> {
    pub(super) fn of(structure: &'s Structure) -> Self {
        let mut builder = Builder {
            module: Self {
                groups: Vec::new(),
                lists: Vec::new(),
            },
            alike: HashMap::new(),
            taken: Vec::new(),
        };
        builder.group(structure.root());
        builder.module.find_borrows();
        builder.module
    }

    /// Goes through the groups until nothing changes; what a group holds stands behind it or is alike to one before.
    fn find_borrows(&mut self) {
        loop {
            let borrows: Vec<bool> = self
                .groups
                .iter()
                .map(|group| {
                    group
                        .members
                        .iter()
                        .any(|member| self.kind_borrows(member.kind))
                })
                .collect();
            if self
                .groups
                .iter()
                .zip(&borrows)
                .all(|(group, borrows)| group.borrows == *borrows)
            {
                return;
            }
            for (group, borrows) in self.groups.iter_mut().zip(borrows) {
                group.borrows = borrows;
            }
        }
    }

    pub(super) fn kind_borrows(&self, kind: Kind) -> bool {
        match kind {
            Kind::Switch | Kind::Number | Kind::Date | Kind::Bare => false,
            Kind::Group(group) => self.groups[group].borrows,
            _ => true,
        }
    }
}

struct Builder<'s> {
    module: Module<'s>,
    /// Groups and lists that were met, by everything that their types are made from.
    alike: HashMap<String, usize>,
    taken: Vec<String>,
}

impl<'s> Builder<'s> {
    fn group(&mut self, field: Field<'s>) -> usize {
        let mut looks = String::new();
        look(field, &mut looks);
        if let Some(known) = self.alike.get(&looks) {
            return *known;
        }
        let number = self.module.groups.len();
        self.alike.insert(looks, number);
        let name = self.type_name(field, "");
        self.module.groups.push(Group {
            name,
            field,
            members: Vec::new(),
            borrows: false,
        });
        let mut members: Vec<Member<'s>> = Vec::new();
        let mut taken = Vec::new();
        for child in field.children() {
            let name = names::field(child.name(), &taken);
            taken.push(name.clone());
            let shape = match (child.is_repeated(), child.is_required()) {
                (true, _) => Shape::List,
                (false, true) => Shape::Required,
                (false, false) => Shape::Optional,
            };
            let kind = self.kind(child);
            let phrase = match child.allowed_values().as_deref() {
                Some([phrase]) if kind == Kind::Text && shape != Shape::List => Some(*phrase),
                _ => None,
            };
            members.push(Member {
                name,
                field: child,
                kind,
                shape,
                phrase,
            });
        }
        self.module.groups[number].members = members;
        number
    }

    fn kind(&mut self, field: Field<'s>) -> Kind {
        use Representation as R;
        match field.representation() {
            R::Text | R::Name | R::Phrase | R::Signature => Kind::Text,
            R::Switch => Kind::Switch,
            R::Number | R::Count => Kind::Number,
            R::Date => Kind::Date,
            R::Moment => Kind::Moment,
            R::Identifier => Kind::Identifier,
            R::Quantity | R::Measure | R::Percent => Kind::Quantity,
            R::Code => match (field.code_system(), field.allowed_values()) {
                (Some(CodeSystem::Local(system)), Some(codes)) => {
                    Kind::Local(self.list(field, system, &codes))
                }
                _ => Kind::Code,
            },
            R::Heading | R::Group if field.is_bare() && !field.is_repeated() => Kind::Bare,
            R::Heading | R::Group => Kind::Group(self.group(field)),
        }
    }

    fn list(&mut self, field: Field<'s>, system: String, codes: &[&str]) -> usize {
        let looks = format!("list {system} {codes:?}");
        if let Some(known) = self.alike.get(&looks) {
            return *known;
        }
        let number = self.module.lists.len();
        self.alike.insert(looks, number);
        let name = self.type_name(field, "Code");
        let mut variants: Vec<String> = Vec::new();
        let mut list = Vec::new();
        for code in codes {
            let variant = names::variant(code, &variants);
            variants.push(variant.clone());
            list.push((variant, (*code).to_owned()));
        }
        self.module.lists.push(List {
            name,
            system,
            title: field.title(Language::Finnish).to_owned(),
            codes: list,
        });
        number
    }

    /// A free name: of the field, then with the names of the groups around it, then with a number.
    fn type_name(&mut self, field: Field<'s>, ending: &str) -> String {
        let mut name = names::type_name(&format!("{}_{ending}", field.name()));
        let mut around = field.parent();
        while self.taken.contains(&name) {
            let Some(group) = around else {
                let mut number = 2;
                while self.taken.contains(&format!("{name}{number}")) {
                    number += 1;
                }
                name.push_str(&number.to_string());
                break;
            };
            name = names::type_name(group.name()) + &name;
            around = group.parent();
        }
        self.taken.push(name.clone());
        name
    }
}

/// Everything about a group that its type is made from.
fn look(group: Field<'_>, out: &mut String) {
    use std::fmt::Write;
    write!(out, "{}{{", group.name()).expect("writing to a String");
    for field in group.children() {
        let (title, note) = (
            field.title(Language::Finnish),
            field.implementation_note(Language::Finnish),
        );
        write!(
            out,
            "{} {:?} {} {} {:?} {:?} {title} {note:?};",
            field.name(),
            field.representation(),
            field.is_required(),
            field.is_repeated(),
            field.code_system(),
            field.allowed_values(),
        )
        .expect("writing to a String");
        if field.is_group() {
            look(field, out);
        }
    }
    out.push('}');
}
