//! What a token reaches, as a tree: from what a search lists to what somebody shared. Pure.
//!
//! Which pages were ticked by hand nobody tells. What is shared directly is always listed, and all
//! that lies below it is shared with it: so what lies in nothing that is listed was shared itself.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::model::notion_id::NotionId;

/// What a page or a data source lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parent {
    /// Nothing: it stands at the top of the workspace.
    Workspace,
    /// A page, a database or a data source.
    In(NotionId),
    /// A block of a page.
    Block(NotionId),
    /// Something that is never listed, such as an agent.
    Elsewhere,
    /// Nobody has told.
    Untold,
}

/// What kind of object is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReachKind {
    /// A page.
    Page,
    /// A data source, of which a database has one or more.
    DataSource,
    /// A database: listed through its data sources alone.
    Database,
}

impl ReachKind {
    /// Its name in reports.
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
    /// Its id.
    pub id: NotionId,
    /// What it is.
    pub kind: ReachKind,
    /// What it lies in.
    pub parent: Parent,
    /// What its database lies in, of a data source.
    pub database_parent: Option<Parent>,
    /// Returns true if it is in the trash.
    pub is_trashed: bool,
    /// Returns true if it is published to the web.
    pub is_published: bool,
    /// Its name, as somebody wrote it.
    pub title: Box<str>,
}

/// No page lies in more blocks within each other.
const DEEPEST: usize = 20;

/// All that a token reaches.
#[derive(Default)]
pub struct Reach {
    nodes: HashMap<NotionId, ReachNode>,
    /// What blocks lie in, as far as it was asked.
    blocks: HashMap<NotionId, Parent>,
    /// What was asked for and is not reached.
    absent: HashSet<NotionId>,
}

/// Something of which it has to be known what it lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OpenEnd {
    /// A block.
    Block(NotionId),
    /// A page, a database or a data source that no list has. A search may miss it, and then what
    /// lies in it was not shared itself.
    Object(NotionId),
}

struct ReachNode {
    kind: ReachKind,
    parent: Parent,
    is_trashed: bool,
    is_published: bool,
    title: Box<str>,
}

/// What somebody shared with an integration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReachedRoot {
    /// Its id.
    pub id: NotionId,
    /// What it is.
    pub kind: ReachKind,
    /// Its name, as somebody wrote it.
    pub title: String,
    /// Returns true if it is in the trash.
    pub is_trashed: bool,
    /// Returns true if it is known that it lies in nothing else that is reached.
    pub is_placed: bool,
    /// What is reached through it, itself among that.
    pub counts: ReachCounts,
    /// The first of what is published, by id.
    pub published: Option<NotionId>,
}

/// How much is reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReachCounts {
    /// Pages.
    pub pages: u64,
    /// Data sources.
    pub data_sources: u64,
    /// How many of these are in the trash.
    pub trashed: u64,
    /// How many of these are published to the web.
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
    /// Takes in what a list tells; what comes twice counts once.
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

    /// How many objects there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Returns true if there are none.
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

    /// Says that an object was asked for and is not reached.
    pub fn put_absent(&mut self, id: NotionId) {
        self.absent.insert(id);
    }

    /// Says where an object is of which a list told no more than its id.
    pub fn put(&mut self, id: NotionId, parent: Parent) {
        if let Some(node) = self.nodes.get_mut(&id) {
            node.parent = parent;
        }
    }

    /// Says what a block lies in.
    pub fn put_block(&mut self, block: NotionId, parent: Parent) {
        self.blocks.insert(block, parent);
    }

    /// The objects of which nobody has told where they are, in order.
    pub fn untold(&self) -> Vec<(NotionId, ReachKind)> {
        let untold = self
            .nodes
            .iter()
            .filter(|(_, node)| node.parent == Parent::Untold);
        let mut untold: Vec<_> = untold.map(|(id, node)| (*id, node.kind)).collect();
        untold.sort_unstable_by_key(|(id, _)| *id);
        untold
    }

    /// All of which it has to be known what it lies in, in order: each once.
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

    /// Where it is not known how to go on.
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

    /// What blocks within each other lie in; the last block that is known of where that is not.
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

    /// What an object lies in, if that is reached too.
    fn above(&self, id: NotionId) -> Option<NotionId> {
        match self.beyond_blocks(self.nodes.get(&id)?.parent) {
            Parent::In(parent) if self.nodes.contains_key(&parent) => Some(parent),
            _ => None,
        }
    }

    /// Returns true if `id` is `root`, or a data source of that database, by which people know it.
    pub fn means(&self, id: NotionId, root: NotionId) -> bool {
        let is_source = |node: &ReachNode| node.kind == ReachKind::DataSource;
        let source = self.nodes.get(&id).filter(|node| is_source(node));
        id == root || source.is_some_and(|node| node.parent == Parent::In(root))
    }

    /// What was shared, by name, with what is reached through each.
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

    /// For each object the one that it is reached through: the last on the way up. Each way is gone
    /// once, as far as it is new. A server may send a circle: then the least id in it stands for it,
    /// for whatever is listed is reached through something.
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
