//! The one call that the wrapper crate does not offer: `C_Sign` in one part after `C_SignInit`.
//!
//! A key that wants its PIN for each signature needs three calls in one session: `C_SignInit`, `C_Login` for the context,
//! `C_Sign`. The wrapper has `C_SignInit` and `C_Sign` only as one function, and the calls in parts instead of `C_Sign` fail
//! for raw ECDSA on SoftHSM. Its own `C_Sign` is called twice, first for the length, which makes some cards ask for the PIN
//! or fail. So the same library is opened again, which gives the same copy of it, and its function is called here.

#![allow(
    unsafe_code,
    reason = "a foreign function is called by its address; the reasons stand at each place"
)]

use std::path::Path;
use std::ptr;

use cryptoki::context::Function;
use cryptoki::error::{Error, Rv, RvError};
use cryptoki::session::Session;
use cryptoki_sys::{
    CK_C_Sign, CK_FUNCTION_LIST, CK_INTERFACE, CK_INVALID_HANDLE, CK_SESSION_HANDLE, CK_ULONG,
    CKR_OK, Pkcs11 as Library,
};

/// More than the longest signature has: RSA with 16,384 bits.
const MAX_SIGNATURE: usize = 2048;

/// `C_Sign` of one module.
pub(super) struct SignFunction {
    function: CK_C_Sign,
    /// Keeps the library loaded for as long as its function may be called.
    _library: Library,
}

impl SignFunction {
    /// Finds the function in a library that is loaded already.
    pub(super) fn load(path: &Path) -> Result<Self, Error> {
        // SAFETY: loading runs the initialisers of a library that the caller has loaded a moment ago by the same path.
        let library = unsafe { Library::new(path) }.map_err(Error::LibraryLoading)?;
        let list = function_list(&library)?;
        // SAFETY: the module gave the address of its list, which lives as long as the library; lists of all versions begin
        // with the functions of version 2.
        let function = unsafe { ptr::addr_of!((*list).C_Sign).read_unaligned() };
        if function.is_none() {
            return Err(Error::NullFunctionPointer);
        }
        Ok(Self {
            function,
            _library: library,
        })
    }

    /// Returns whether the function is of an instance of the module that was started: asked to sign in a session that cannot be,
    /// it complains of the session and of nothing else.
    pub(super) fn is_started(&self) -> bool {
        !matches!(
            self.call(CK_INVALID_HANDLE, &[]),
            Err(Error::Pkcs11(RvError::CryptokiNotInitialized, _))
        )
    }

    /// Signs what `C_SignInit` of this session began.
    pub(super) fn sign(&self, session: &Session, data: &[u8]) -> Result<Vec<u8>, Error> {
        self.call(session.handle(), data)
    }

    fn call(&self, session: CK_SESSION_HANDLE, data: &[u8]) -> Result<Vec<u8>, Error> {
        let function = self.function.ok_or(Error::NullFunctionPointer)?;
        let mut signature = vec![0; MAX_SIGNATURE];
        let mut length = MAX_SIGNATURE as CK_ULONG;
        // SAFETY: a module answers any session handle, with an error if it is none; an open one is used by this thread only, since
        // `Session` is not `Sync`. The module reads `data` and does not keep it, though its type has no `const`; it writes at
        // most `length` bytes, which `signature` has.
        let result = unsafe {
            function(
                session,
                data.as_ptr().cast_mut(),
                data.len() as CK_ULONG,
                signature.as_mut_ptr(),
                &raw mut length,
            )
        };
        Rv::from(result).into_result(Function::Sign)?;
        signature.truncate(usize::try_from(length).unwrap_or(MAX_SIGNATURE));
        Ok(signature)
    }
}

/// Returns the list that the wrapper took too: the default interface, else the list of version 2.
fn function_list(library: &Library) -> Result<*const CK_FUNCTION_LIST, Error> {
    if library.C_GetInterface.is_ok() {
        let mut interface: *mut CK_INTERFACE = ptr::null_mut();
        // SAFETY: null asks for the default interface; the module writes an address into `interface`.
        let result = unsafe {
            library.C_GetInterface(ptr::null_mut(), ptr::null_mut(), &raw mut interface, 0)
        };
        if result == CKR_OK && !interface.is_null() {
            // SAFETY: the module gave this address for an interface that lives as long as the library.
            let list = unsafe { (*interface).pFunctionList }.cast::<CK_FUNCTION_LIST>();
            if !list.is_null() {
                return Ok(list);
            }
        }
    }
    if library.C_GetFunctionList.is_err() {
        return Err(Error::MissingSymbol("C_GetFunctionList"));
    }
    let mut list: *mut CK_FUNCTION_LIST = ptr::null_mut();
    // SAFETY: the module writes the address of its list into `list`.
    let result = unsafe { library.C_GetFunctionList(&raw mut list) };
    Rv::from(result).into_result(Function::GetFunctionList)?;
    if list.is_null() {
        return Err(Error::NullFunctionPointer);
    }
    Ok(list)
}
