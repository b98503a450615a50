# The three words in which the rooms describe themselves to CMake.
#
#   gateway_library(NAME domain SRCS a.cc b.cc DEPS gateway::base)   a room, alias gateway::domain
#   gateway_binary(NAME eagle SRCS main.cc DEPS gateway::client_cli)                BY_HAND: a measurement that only target by_hand builds
#   gateway_test(NAME base_test SRCS a_test.cc DEPS gateway::base LABELS unit)      OPTIMISED: a test that computes for long
#     Labels: unit, sim, crash ...; "soak" = more seeds or crash points in the environment mean more work (up to an hour a case);
#     "no-tsan" = not under the thread sanitizer.
#
# Generated code says gateway_generated(TARGET): it is compiled file by file, because its file-local names collide.
#
# No global flags and no global include paths: includes are written from the top of the tree ("server/base/money.h").

option(GATEWAY_WERROR "Warnings are errors" OFF)
set(GATEWAY_SANITIZE "" CACHE STRING "Sanitizers, as -fsanitize takes them: address,undefined or thread")

add_library(gateway_flags INTERFACE)
target_compile_options(gateway_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor
  -Wno-sign-conversion -Wno-missing-field-initializers -fno-omit-frame-pointer)
if(CMAKE_UNITY_BUILD)
  # The compiler takes every .cc file of such a bundle for a header, where a file-local type in a class would be a defect.
  target_compile_options(gateway_flags INTERFACE -Wno-subobject-linkage)
endif()
if(GATEWAY_WERROR)
  target_compile_options(gateway_flags INTERFACE -Werror)
endif()
if(GATEWAY_SANITIZE)
  target_compile_options(gateway_flags INTERFACE -fsanitize=${GATEWAY_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(gateway_flags INTERFACE -fsanitize=${GATEWAY_SANITIZE})
endif()

if(GATEWAY_SANITIZE MATCHES "thread")
  # protobuf's headers give a map another layout under this macro than the packaged library has.
  target_compile_options(gateway_flags INTERFACE -U__SANITIZE_THREAD__)
endif()
# In front of the packaged libraries, for what a sanitizer must be told about them.
function(gateway_sanitized target)
  if(GATEWAY_SANITIZE MATCHES "thread")
    target_sources(${target} PRIVATE $<TARGET_OBJECTS:gateway_test_support_tsan>)
  endif()
endfunction()

# Presets "ci" and "release" compile eight files of a room as one (CMAKE_UNITY_BUILD): a clean build takes half the time, and two
# files of one room may not give one file-local name two meanings. "dev" and "tidy" compile file by file, so that each file is seen to
# include what it uses; `deploy/run soak` builds both ways.
set(CMAKE_UNITY_BUILD_BATCH_SIZE 8)

function(gateway_generated target)
  set_target_properties(${target} PROPERTIES UNITY_BUILD OFF)
  target_compile_options(${target} PRIVATE -g0)   # nobody steps through it
endfunction()

function(gateway_library)
  cmake_parse_arguments(ARG "" "NAME" "SRCS;DEPS" ${ARGN})
  if(ARG_SRCS)
    add_library(gateway_${ARG_NAME} STATIC ${ARG_SRCS})
    target_link_libraries(gateway_${ARG_NAME} PUBLIC ${ARG_DEPS} PRIVATE gateway_flags)
    target_include_directories(gateway_${ARG_NAME} PUBLIC ${PROJECT_SOURCE_DIR})
  else()
    add_library(gateway_${ARG_NAME} INTERFACE)
    target_link_libraries(gateway_${ARG_NAME} INTERFACE ${ARG_DEPS})
    target_include_directories(gateway_${ARG_NAME} INTERFACE ${PROJECT_SOURCE_DIR})
  endif()
  add_library(gateway::${ARG_NAME} ALIAS gateway_${ARG_NAME})
endfunction()

add_custom_target(by_hand)
function(gateway_binary)
  cmake_parse_arguments(ARG "BY_HAND" "NAME" "SRCS;DEPS" ${ARGN})
  add_executable(${ARG_NAME} ${ARG_SRCS})
  if(ARG_BY_HAND)
    set_target_properties(${ARG_NAME} PROPERTIES EXCLUDE_FROM_ALL ON)
    add_dependencies(by_hand ${ARG_NAME})
  endif()
  target_link_libraries(${ARG_NAME} PRIVATE ${ARG_DEPS} gateway_flags)
  gateway_sanitized(${ARG_NAME})
endfunction()

function(gateway_test)
  cmake_parse_arguments(ARG "OPTIMISED" "NAME" "SRCS;DEPS;LABELS" ${ARGN})
  add_executable(${ARG_NAME} ${ARG_SRCS})
  target_link_libraries(${ARG_NAME} PRIVATE ${ARG_DEPS} gateway::test_support_paths GTest::gtest GTest::gmock GTest::gtest_main gateway_flags)
  gateway_sanitized(${ARG_NAME})
  if(NOT ARG_OPTIMISED)
    # Most of a test's build time is optimising code that runs once; the rooms under test are optimised as shipped.
    target_compile_options(${ARG_NAME} PRIVATE -O0)
  endif()
  # A list would be torn apart on its way through the discovery: several labels travel as one, "sim,soak", which -L and -LE match too.
  list(JOIN ARG_LABELS "," labels)
  set(timeout 600)
  if("soak" IN_LIST ARG_LABELS)
    set(timeout 3600)
  endif()
  gtest_discover_tests(${ARG_NAME} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
    PROPERTIES LABELS "${labels}" TIMEOUT ${timeout})
endfunction()
