/** Folders and files that belong to one user. Only the JDK is used: containers run these classes without other libraries. */
@NullMarked
package io.framequota.local.files;

import org.jspecify.annotations.NullMarked;
