//! The objects that a token reaches, as a tree. The tree is built from the listed objects, and its
//! roots are the objects that somebody shared. This module does no input or output.
//!
//! Notion does not say which pages somebody selected to share. An object that is shared directly is
//! always listed, and everything below it is shared with it. So an object without a listed parent
//! was shared directly.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::model::notion_id::NotionId;

/// The parent of a page or a data source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parent {
    /// No parent: the object is at the top of the workspace.
    Workspace,
    /// A page, a database or a data source.
    In(NotionId),
    /// A block of a page.
    Block(NotionId),
    /// A parent that is never listed, such as an agent.
    Elsewhere,
    /// Unknown, because the list does not say.
    Unknown,
}

/// The kind of an object that a token reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReachKind {
    /// A page.
    Page,
    /// A data source. A database has one or more data sources.
    DataSource,
    /// A database. A search lists only its data sources.
    Database,
}

impl ReachKind {
    /// Returns the name of the kind in reports.
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
    /// The id of the object.
    pub id: NotionId,
    /// A page, a data source or a database.
    pub kind: ReachKind,
    /// The parent of the object in Notion.
    pub parent: Parent,
    /// The parent of the database of a data source; `None` for a page.
    pub database_parent: Option<Parent>,
    /// True if it is in the trash.
    pub is_trashed: bool,
    /// True if it is published to the web.
    pub is_published: bool,
    /// The name, as somebody wrote it.
    pub title: Box<str>,
}

/// The largest number of nested blocks that are followed upwards.
const DEEPEST: usize = 20;

/// All objects that a token reaches.
#[derive(Default)]
pub struct Reach {
    nodes: HashMap<NotionId, ReachNode>,
    /// The parents of blocks, as far as they were requested.
    blocks: HashMap<NotionId, Parent>,
    /// Objects that were requested and that the token does not reach.
    absent: HashSet<NotionId>,
}

/// A block or an object that the tree needs and whose parent is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OpenEnd {
    /// A block of a page, which was not requested yet.
    Block(NotionId),
    /// A page, a database or a data source that is in no list. A search may miss such an object; if
    /// the token reaches it, its children were not shared directly.
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
    /// The id of the object.
    pub id: NotionId,
    /// A page, a data source or a database.
    pub kind: ReachKind,
    /// The name, as somebody wrote it.
    pub title: String,
    /// True if it is in the trash.
    pub is_trashed: bool,
    /// True if it is known that no other reached object contains this object.
    pub is_placed: bool,
    /// The counts of this object and of all objects below it that are reached.
    pub counts: ReachCounts,
    /// The published object with the smallest id, among this object and those below it; `None` if
    /// none of these objects is published.
    pub published: Option<NotionId>,
}

/// The numbers of objects that a token reaches at and below a root.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReachCounts {
    /// The number of pages.
    pub pages: u64,
    /// The number of data sources.
    pub data_sources: u64,
    /// The number of pages and data sources in the trash.
    pub trashed: u64,
    /// The number of pages and data sources that are published to the web.
    pub published: u64,
}

impl ReachCounts {
    fn add(&mut self, node: &ReachNode) {
        match node.kind {
            ReachKind::Page => self.pages += 1,
            ReachKind::DataSource => self.data_sources += 1,
            // Its data sources are counted instead.
            ReachKind::Database => return,
        }
        self.trashed += u64::from(node.is_trashed);
        self.published += u64::from(node.is_published);
    }
}

impl Reach {
    /// Adds a listed object and, for a data source, its database. The object replaces an earlier
    /// object with the same id.
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

    /// Returns the number of objects.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Returns true if there are no objects.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Returns true if the token reaches the object.
    pub fn has(&self, id: NotionId) -> bool {
        self.nodes.contains_key(&id)
    }

    /// Returns true if the token reaches the object, and the object is in the trash.
    pub fn is_trashed(&self, id: NotionId) -> bool {
        self.nodes.get(&id).is_some_and(|node| node.is_trashed)
    }

    /// Records that an object was requested and that the token does not reach it.
    pub fn put_absent(&mut self, id: NotionId) {
        self.absent.insert(id);
    }

    /// Sets the parent of an object that was listed without a parent.
    pub fn put(&mut self, id: NotionId, parent: Parent) {
        if let Some(node) = self.nodes.get_mut(&id) {
            node.parent = parent;
        }
    }

    /// Sets the parent of a block.
    pub fn put_block(&mut self, block: NotionId, parent: Parent) {
        self.blocks.insert(block, parent);
    }

    /// Returns the objects with an unknown parent, sorted by id.
    pub fn without_parent(&self) -> Vec<(NotionId, ReachKind)> {
        let without_parent = self
            .nodes
            .iter()
            .filter(|(_, node)| node.parent == Parent::Unknown);
        let mut without_parent: Vec<_> =
            without_parent.map(|(id, node)| (*id, node.kind)).collect();
        without_parent.sort_unstable_by_key(|(id, _)| *id);
        without_parent
    }

    /// Returns all open ends, sorted and without duplicates.
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

    /// Returns the next unknown block or object above `parent`; `None` if nothing above `parent`
    /// has to be requested.
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

    /// Follows `parent` upwards through nested blocks. Returns the first parent that is not a
    /// block, or the first block whose parent is unknown.
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

    /// Returns the parent of an object; `None` if the token does not reach the parent.
    fn above(&self, id: NotionId) -> Option<NotionId> {
        match self.beyond_blocks(self.nodes.get(&id)?.parent) {
            Parent::In(parent) if self.nodes.contains_key(&parent) => Some(parent),
            _ => None,
        }
    }

    /// Returns true if `id` is `root` or a data source of the database `root`. People often have
    /// the id of the data source for the database.
    pub fn means(&self, id: NotionId, root: NotionId) -> bool {
        let is_source = |node: &ReachNode| node.kind == ReachKind::DataSource;
        let source = self.nodes.get(&id).filter(|node| is_source(node));
        id == root || source.is_some_and(|node| node.parent == Parent::In(root))
    }

    /// Returns the objects that somebody shared, sorted by name, each with the counts of the
    /// objects that are reached through it.
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
            is_placed: node.parent != Parent::Unknown && self.open_end(node.parent).is_none(),
            counts: ReachCounts::default(),
            published: None,
        }
    }

    /// Maps each object to its root, the topmost object above it. Each step upwards is taken once.
    /// A server may send objects that are each other's parents; the object with the smallest id in
    /// the circle is then the root.
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
