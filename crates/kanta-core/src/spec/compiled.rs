//! What others made of a bundle, kept with it.

use std::any::{Any, TypeId};
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

type Made = (TypeId, Arc<dyn Any + Send + Sync>);

/// One value a type, made when it is first asked for.
#[derive(Clone, Default)]
pub(super) struct Compiled(Arc<RwLock<Vec<Made>>>);

impl Compiled {
    pub(super) fn get_or_make<T: Any + Send + Sync>(&self, make: impl FnOnce() -> T) -> Arc<T> {
        let found = find::<T>(&self.0.read().unwrap_or_else(PoisonError::into_inner));
        if let Some(found) = found {
            return found;
        }
        // Made outside the lock: `make` may ask the bundle for something compiled itself.
        let made = Arc::new(make());
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(earlier) = find::<T>(&all) {
            return earlier;
        }
        all.push((
            TypeId::of::<T>(),
            Arc::clone(&made) as Arc<dyn Any + Send + Sync>,
        ));
        made
    }
}

fn find<T: Any + Send + Sync>(all: &[Made]) -> Option<Arc<T>> {
    let (_, made) = all.iter().find(|(id, _)| *id == TypeId::of::<T>())?;
    Arc::clone(made).downcast().ok()
}

impl fmt::Debug for Compiled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Compiled(…)")
    }
}
