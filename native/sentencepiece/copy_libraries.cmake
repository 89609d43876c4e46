# Runs at install time: copies SentencePiece's shared libraries, and what they need beyond the C and C++ run time, to
# SARYU_SP_FOLDER under the names that the dynamic linker asks for, and lists them in saryu_sentencepiece.needs.
file(GET_RUNTIME_DEPENDENCIES
  LIBRARIES ${SARYU_SP_LIBRARIES}
  RESOLVED_DEPENDENCIES_VAR needed
  UNRESOLVED_DEPENDENCIES_VAR missing
  DIRECTORIES ${SARYU_SP_SEARCH}
  PRE_EXCLUDE_REGEXES "^lib(c|m|dl|rt|pthread|gcc_s|stdc\\+\\+)\\.so" "^ld-linux" "^linux-vdso")
if(missing)
  message(FATAL_ERROR "SentencePiece needs libraries that were not found: ${missing}.")
endif()

set(names)
foreach(library ${SARYU_SP_LIBRARIES} ${needed})
  get_filename_component(real "${library}" REALPATH)
  execute_process(COMMAND objdump -p "${real}" OUTPUT_VARIABLE headers RESULT_VARIABLE failed)
  string(REGEX MATCH "SONAME +([^ \n]+)" found "${headers}")
  if(failed OR NOT found)
    get_filename_component(name "${library}" NAME)
  else()
    set(name "${CMAKE_MATCH_1}")
  endif()
  set(copy "${SARYU_SP_FOLDER}/${name}")
  configure_file("${real}" "${copy}" COPYONLY)
  message(STATUS "Installing: ${copy}")
  list(APPEND names ${name})
endforeach()
list(REMOVE_DUPLICATES names)
list(JOIN names "\n" lines)
# NativeLibraries unpacks what stands here beside the shim.
file(WRITE "${SARYU_SP_FOLDER}/saryu_sentencepiece.needs" "${lines}\n")
