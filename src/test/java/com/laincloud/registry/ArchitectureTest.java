package com.laincloud.registry;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The arrows of the map in the root package's description, and the habits that a compiler could hold but does not. */
class ArchitectureTest {

    private static final String ROOT = "com.laincloud.registry";

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);

    @ParameterizedTest
    @CsvSource({
        "oci,        ''",
        "pem,        ''",
        "etcd,       'pem'",
        "file,       ''",
        "image,      ''",
        "request,    'oci'",
        "config,     'etcd file'",
        "log,        'config'",
        "launcher,   'config etcd pem file log database.embedded'",
        "storage,    'oci config file'",
        "database,   'config file log'",
        "lifecycle,  'config log storage database'",
        "health,     'storage database'",
        "index,      'oci request database storage'",
        "jobs,       'config database'",
        "integrity,  'oci config index database lifecycle storage jobs'",
        "collection, 'oci config index audit integrity database lifecycle storage jobs'",
        "migration,  'oci config index integrity database storage jobs'",
        "retention,  'oci config index audit collection database storage jobs'",
        "origin,     'oci'",
        "adoption,   'oci config file origin index integrity storage database lifecycle jobs'",
        "connector,  'config'",
        "http,       'oci request config connector storage database lifecycle'",
        "audit,      'oci request config database index storage jobs'",
        "auth,       'oci request config pem lifecycle http audit'",
        "access,     'oci request config auth http audit'",
        "admin,      'oci request config http audit'",
        "repository, 'oci request config http database index audit'",
        "quota,      'oci config index jobs'",
        "blob,       'oci request config http database index integrity audit repository storage origin quota'",
        "upload,     'oci request config database http index audit auth access repository storage blob quota jobs integrity'",
        "schema1,    'oci request config pem lifecycle database index storage blob upload'",
        "manifest,   'oci request config http database index storage access audit repository schema1 origin'",
        "pull,       'oci auth access http blob manifest'",
    })
    void aPackageUsesOnlyWhatTheMapAllows(String name, String allowed) {
        String[] others = CLASSES.stream()
                .map(JavaClass::getPackageName)
                .filter(packageName -> packageName.startsWith(ROOT))
                .distinct()
                .filter(packageName -> Stream.concat(Stream.of(name), Arrays.stream(allowed.split(" ")))
                        .filter(own -> !own.isEmpty())
                        .noneMatch(own -> (packageName + ".").startsWith(ROOT + "." + own + ".")))
                .toArray(String[]::new);
        hold(noClasses()
                .that()
                .resideInAPackage(ROOT + "." + name + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(others));
    }

    @Test
    void everyPackageHasItsPlaceOnTheMap() throws NoSuchMethodException {
        String[] map = ArchitectureTest.class
                .getDeclaredMethod("aPackageUsesOnlyWhatTheMapAllows", String.class, String.class)
                .getAnnotation(CsvSource.class)
                .value();
        Set<String> placed = Arrays.stream(map)
                .map(line -> line.substring(0, line.indexOf(',')))
                .collect(Collectors.toSet());

        assertThat(rooms(CLASSES.stream().map(JavaClass::getPackageName))).containsExactlyInAnyOrderElementsOf(placed);
    }

    /** The first part of each package's name below the root. */
    private static Set<String> rooms(Stream<String> packages) {
        return packages.filter(name -> name.startsWith(ROOT + "."))
                .map(name -> name.substring(ROOT.length() + 1))
                .map(name -> name.split("\\.", 2)[0])
                .collect(Collectors.toSet());
    }

    /** Classes in the launcher's archive are on the server's class path, so that their whole packages have to be there. */
    @Test
    void theLaunchersArchiveHoldsThePackagesThatTheLauncherNeedsAndNoOther() throws IOException {
        Set<String> needed = new HashSet<>();
        Deque<String> open = new ArrayDeque<>(List.of(ROOT + ".launcher"));
        while (!open.isEmpty()) {
            String name = open.pop();
            if (needed.add(name)) {
                CLASSES.stream()
                        .filter(type -> type.getPackageName().equals(name))
                        .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
                        .map(dependency -> dependency.getTargetClass().getPackageName())
                        .filter(target -> target.startsWith(ROOT))
                        .forEach(open::push);
            }
        }

        String pom = Files.readString(Path.of("pom.xml"));
        Set<String> packed = Pattern.compile("<include>(com/laincloud/registry/[^<]*)/\\*\\*</include>")
                .matcher(pom)
                .results()
                .map(include -> include.group(1).replace('/', '.'))
                .collect(Collectors.toSet());
        assertThat(packed).isEqualTo(needed);
    }

    @Test
    void noTwoClassesHaveOneName() {
        Map<String, Long> classes = CLASSES.stream()
                .filter(type -> type.isTopLevelClass() && !type.getSimpleName().equals("package-info"))
                .collect(Collectors.groupingBy(JavaClass::getSimpleName, Collectors.counting()));

        assertThat(classes)
                .allSatisfy((name, count) -> assertThat(count).as(name).isOne());
    }

    @Test
    void noPackagesDependOnEachOtherInACircle() {
        hold(slices().matching(ROOT + ".(*)..").should().beFreeOfCycles());
    }

    @Test
    void onlyTheCompositionRootKnowsWhichDriversAndAuthenticatorsThereAre() {
        for (String choice : new String[] {"storage", "auth"}) {
            hold(noClasses()
                    .that()
                    .doNotHaveSimpleName("Producers")
                    .and()
                    .doNotHaveSimpleName("CollectCommand") // the root of a process of its own, as the next
                    .and()
                    .doNotHaveSimpleName("ImportCommand")
                    .and()
                    .doNotHaveSimpleName("MigrateCommand")
                    .and()
                    .doNotHaveSimpleName("RetentionCommand")
                    .and()
                    .doNotHaveSimpleName("IntegrityCommand")
                    .and()
                    .doNotHaveSimpleName("CheckCommand")
                    .and()
                    .resideOutsideOfPackages(ROOT + "." + choice + ".*..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(ROOT + "." + choice + ".*.."));
        }
    }

    @Test
    void onlyResourcesAndWhatTheyShareSpeakHttp() {
        hold(noClasses()
                .that()
                .resideOutsideOfPackages(
                        ROOT + ".http", ROOT + ".connector", ROOT + ".auth", ROOT + ".access", ROOT + ".pull")
                .and()
                .haveSimpleNameNotEndingWith("Resource")
                .and()
                .haveSimpleNameNotEndingWith("Answers")
                .and()
                .doNotHaveSimpleName("CurrentToken")
                .and()
                .doNotHaveSimpleName("RegistryApplication")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("jakarta.ws.rs..", "jakarta.servlet.."));
    }

    @Test
    void whatIsBehindAResourceKnowsNothingOfTheRequestButItsValues() {
        hold(noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".http")
                .and()
                .haveNameNotMatching(".*(Resource|Filter|auth\\.Callers|access\\.Admission|Answers)(\\$.*)?")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + ".http"));
    }

    @Test
    void resourcesLeaveTheDatabaseAndTheStorageToTheNounsBehindThem() {
        hold(noClasses()
                .that()
                .haveSimpleNameEndingWith("Resource")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("jakarta.persistence..", "java.sql..", "javax.sql..", ROOT + ".database..")
                .orShould()
                .dependOnClassesThat()
                .haveSimpleName("StorageDriver"));
    }

    /** The tables of the index, after the words that stand before tables. */
    private static final Pattern INDEX_IN_SQL =
            Pattern.compile("(?i)\\b(?:from|into|update|join|using)\\s+(?:registry\\.)?"
                    + "(?:repository|blob|repository_blob|manifest|manifest_blob|manifest_reference|missing_reference|tag|upload|deleted|manifest_review|link_review|blob_review|purge|adopted_event|usage_change|repository_alias)\\b"
                    + "(?! of\\b)");

    @Test
    void onlyTheIndexHasSqlOnItsTables() throws IOException {
        Path sources = Path.of("src/main/java/com/laincloud/registry");
        List<String> elsewhere = new ArrayList<>();
        try (Stream<Path> files = Files.walk(sources)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                statements(Files.readString(file)).stream()
                        .filter(text -> INDEX_IN_SQL.matcher(text).find())
                        .map(text -> sources.relativize(file) + ": " + text)
                        .forEach(elsewhere::add);
            }
        }
        assertThat(elsewhere).isNotEmpty().allMatch(statement -> statement.startsWith("index/"));
    }

    /** The texts in quotes that begin as a statement of SQL does. */
    private static List<String> statements(String source) {
        return Pattern.compile("\"\"\"(.*?)\"\"\"|\"((?:[^\"\\\\\n]|\\\\.)*)\"", Pattern.DOTALL)
                .matcher(source)
                .results()
                .map(literal -> literal.group(1) == null ? literal.group(2) : literal.group(1))
                .filter(text -> text.strip().matches("(?is)(?:select|insert|update|delete|with)\\b.*"))
                .toList();
    }

    @Test
    void whatIsParticularToTheContainerStandsInOnePlace() {
        hold(noClasses()
                .that()
                .resideOutsideOfPackages(ROOT + ".launcher..", ROOT + ".connector..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.glassfish..", "fish.payara.."));
    }

    @Test
    void dependenciesAreInjectedIntoConstructorsAlone() {
        hold(fields().should().notBeAnnotatedWith(Inject.class));
        hold(noMethods().should().beAnnotatedWith(Inject.class));
    }

    @Test
    void nothingStaticCanChange() {
        hold(fields().that().areStatic().should().beFinal());
    }

    @Test
    void namesSayWhatAClassIs() {
        hold(noClasses().should().haveNameMatching(".*(Impl|Manager|Helper|Utils?|DTO|Dto)$"));
    }

    @Test
    void everyPackageIsNullMarked() {
        Set<String> marked = CLASSES.stream()
                .filter(type -> type.getSimpleName().equals("package-info"))
                .filter(type -> type.isAnnotatedWith(NullMarked.class))
                .map(JavaClass::getPackageName)
                .collect(Collectors.toSet());
        assertThat(CLASSES.stream().map(JavaClass::getPackageName)).allMatch(marked::contains);
    }

    private static void hold(ArchRule rule) {
        rule.allowEmptyShould(false).check(CLASSES);
    }
}
