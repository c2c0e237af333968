//! The objects that a token reaches, as a tree: from those that a search lists to those that
//! somebody shared. Pure.
//!
//! Notion does not say which pages were selected by hand. An object that is shared directly is
//! always listed, and everything below it is shared with it: an object without a listed parent was
//! shared itself.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::model::notion_id::NotionId;

/// The parent of a page or a data source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parent {
    /// None: the object is at the top of the workspace.
    Workspace,
    /// A page, a database or a data source.
    In(NotionId),
    /// A block of a page.
    Block(NotionId),
    /// A parent that is never listed, such as an agent.
    Elsewhere,
    /// Unknown: the list does not say.
    Untold,
}

/// The kind of an object that is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReachKind {
    /// A page.
    Page,
    /// A data source, of which a database has one or more.
    DataSource,
    /// A database, which is listed by its data sources alone.
    Database,
}

impl ReachKind {
    /// The name of the kind in reports.
    pub fn id(self) -> &'static str {
        match self {
            ReachKind::Page => "page",
            ReachKind::DataSource => "data-source",
            ReachKind::Database => "database",
        }
    }
}

/// A page or a data source, as a search lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReachedObject {
    /// The id.
    pub id: NotionId,
    /// The kind.
    pub kind: ReachKind,
    /// The parent.
    pub parent: Parent,
    /// The parent of its database; `None` unless the object is a data source.
    pub database_parent: Option<Parent>,
    /// True if it is in the trash.
    pub is_trashed: bool,
    /// True if it is published to the web.
    pub is_published: bool,
    /// The name, as somebody wrote it.
    pub title: Box<str>,
}

/// The largest number of nested blocks that are followed.
const DEEPEST: usize = 20;

/// All objects that a token reaches.
#[derive(Default)]
pub struct Reach {
    nodes: HashMap<NotionId, ReachNode>,
    /// The parents of blocks that were asked for.
    blocks: HashMap<NotionId, Parent>,
    /// Objects that were asked for and are not reached.
    absent: HashSet<NotionId>,
}

/// A block or an object whose parent is needed and unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OpenEnd {
    /// A block.
    Block(NotionId),
    /// A page, a database or a data source that no list has. A search may miss it, and then its
    /// children were not shared themselves.
    Object(NotionId),
}

struct ReachNode {
    kind: ReachKind,
    parent: Parent,
    is_trashed: bool,
    is_published: bool,
    title: Box<str>,
}

/// An object that somebody shared with an integration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReachedRoot {
    /// The id.
    pub id: NotionId,
    /// The kind.
    pub kind: ReachKind,
    /// The name, as somebody wrote it.
    pub title: String,
    /// True if it is in the trash.
    pub is_trashed: bool,
    /// True if the object is known not to lie in another object that is reached.
    pub is_placed: bool,
    /// The counts of objects that are reached through this one, itself included.
    pub counts: ReachCounts,
    /// The published object with the least id; `None` if none is published.
    pub published: Option<NotionId>,
}

/// Numbers of objects that are reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReachCounts {
    /// Pages.
    pub pages: u64,
    /// Data sources.
    pub data_sources: u64,
    /// Pages and data sources in the trash.
    pub trashed: u64,
    /// Pages and data sources that are published to the web.
    pub published: u64,
}

impl ReachCounts {
    fn add(&mut self, node: &ReachNode) {
        match node.kind {
            ReachKind::Page => self.pages += 1,
            ReachKind::DataSource => self.data_sources += 1,
            // It was counted by its data sources.
            ReachKind::Database => return,
        }
        self.trashed += u64::from(node.is_trashed);
        self.published += u64::from(node.is_published);
    }
}

impl Reach {
    /// Adds an object of a list and, of a data source, its database. A listed object that was added
    /// before is replaced.
    pub fn add(&mut self, object: ReachedObject) {
        if let (Some(within), Parent::In(database)) = (object.database_parent, object.parent) {
            let own = self.nodes.entry(database).or_insert_with(|| ReachNode {
                kind: ReachKind::Database,
                parent: within,
                is_trashed: object.is_trashed,
                is_published: false,
                title: object.title.clone(),
            });
            own.is_trashed &= object.is_trashed;
        }
        let node = ReachNode {
            kind: object.kind,
            parent: object.parent,
            is_trashed: object.is_trashed,
            is_published: object.is_published,
            title: object.title,
        };
        self.nodes.insert(object.id, node);
    }

    /// The number of objects.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Returns true if there are no objects.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Returns true if an object is reached.
    pub fn has(&self, id: NotionId) -> bool {
        self.nodes.contains_key(&id)
    }

    /// Returns true if an object is reached, and is in the trash.
    pub fn is_trashed(&self, id: NotionId) -> bool {
        self.nodes.get(&id).is_some_and(|node| node.is_trashed)
    }

    /// Records that an object was asked for and is not reached.
    pub fn put_absent(&mut self, id: NotionId) {
        self.absent.insert(id);
    }

    /// Sets the parent of an object that was listed by id alone.
    pub fn put(&mut self, id: NotionId, parent: Parent) {
        if let Some(node) = self.nodes.get_mut(&id) {
            node.parent = parent;
        }
    }

    /// Sets the parent of a block.
    pub fn put_block(&mut self, block: NotionId, parent: Parent) {
        self.blocks.insert(block, parent);
    }

    /// Returns the objects with an unknown parent, in order.
    pub fn untold(&self) -> Vec<(NotionId, ReachKind)> {
        let untold = self
            .nodes
            .iter()
            .filter(|(_, node)| node.parent == Parent::Untold);
        let mut untold: Vec<_> = untold.map(|(id, node)| (*id, node.kind)).collect();
        untold.sort_unstable_by_key(|(id, _)| *id);
        untold
    }

    /// Returns all open ends in order, each once.
    pub fn open_ends(&self) -> Vec<OpenEnd> {
        let ends = self
            .nodes
            .values()
            .filter_map(|node| self.open_end(node.parent));
        let mut open: Vec<OpenEnd> = ends.collect();
        open.sort_unstable();
        open.dedup();
        open
    }

    /// Returns the next unknown block or object above `parent`; `None` if there is none.
    fn open_end(&self, parent: Parent) -> Option<OpenEnd> {
        let is_known = |id: &NotionId| self.nodes.contains_key(id) || self.absent.contains(id);
        match self.beyond_blocks(parent) {
            Parent::Block(block) if !self.blocks.contains_key(&block) => {
                Some(OpenEnd::Block(block))
            }
            Parent::In(id) if !is_known(&id) => Some(OpenEnd::Object(id)),
            _ => None,
        }
    }

    /// Returns the parent of nested blocks, or the outermost block whose parent is unknown.
    fn beyond_blocks(&self, mut parent: Parent) -> Parent {
        for _ in 0..DEEPEST {
            match parent {
                Parent::Block(block) if self.blocks.contains_key(&block) => {
                    parent = self.blocks[&block];
                }
                _ => break,
            }
        }
        parent
    }

    /// Returns the parent of an object; `None` if the parent is not reached.
    fn above(&self, id: NotionId) -> Option<NotionId> {
        match self.beyond_blocks(self.nodes.get(&id)?.parent) {
            Parent::In(parent) if self.nodes.contains_key(&parent) => Some(parent),
            _ => None,
        }
    }

    /// Returns true if `id` is `root`, or one of its data sources, by which people know a database.
    pub fn means(&self, id: NotionId, root: NotionId) -> bool {
        let is_source = |node: &ReachNode| node.kind == ReachKind::DataSource;
        let source = self.nodes.get(&id).filter(|node| is_source(node));
        id == root || source.is_some_and(|node| node.parent == Parent::In(root))
    }

    /// Returns the shared objects, sorted by name, each with the counts of objects that are reached
    /// through it.
    pub fn roots(&self) -> Vec<ReachedRoot> {
        let tops = self.tops();
        let mut roots: BTreeMap<NotionId, ReachedRoot> = BTreeMap::new();
        for (id, node) in &self.nodes {
            let top = tops[id];
            let root = roots.entry(top).or_insert_with(|| self.root(top));
            root.counts.add(node);
            if node.is_published {
                root.published = Some(root.published.map_or(*id, |known| known.min(*id)));
            }
        }
        let mut roots: Vec<ReachedRoot> = roots.into_values().collect();
        roots.sort_by(|one, other| (&one.title, one.id).cmp(&(&other.title, other.id)));
        roots
    }

    fn root(&self, id: NotionId) -> ReachedRoot {
        let node = &self.nodes[&id];
        ReachedRoot {
            id,
            kind: node.kind,
            title: node.title.to_string(),
            is_trashed: node.is_trashed,
            is_placed: node.parent != Parent::Untold && self.open_end(node.parent).is_none(),
            counts: ReachCounts::default(),
            published: None,
        }
    }

    /// Maps each object to its root, the last object on the way up. Each part of the way is walked
    /// once. A server may send a circle, of which the object with the least id is then the root.
    fn tops(&self) -> HashMap<NotionId, NotionId> {
        let mut tops: HashMap<NotionId, NotionId> = HashMap::with_capacity(self.nodes.len());
        let mut way: Vec<NotionId> = Vec::new();
        let mut place: HashMap<NotionId, usize> = HashMap::new();
        for start in self.nodes.keys() {
            let mut id = *start;
            let top = loop {
                if let Some(known) = tops.get(&id) {
                    break *known;
                }
                if let Some(at) = place.get(&id) {
                    break way[*at..].iter().copied().min().unwrap_or(id);
                }
                place.insert(id, way.len());
                way.push(id);
                match self.above(id) {
                    Some(parent) => id = parent,
                    None => break id,
                }
            };
            place.clear();
            tops.extend(way.drain(..).map(|id| (id, top)));
        }
        tops
    }
}

#[cfg(test)]
mod tests;
