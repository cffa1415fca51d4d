import type { Field } from './columns.ts';

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/**
 * How people head their columns, in English, German, French, Spanish and Italian, and as the usual
 * address books export them. In lower case, without accents, spaces and punctuation. The order counts:
 * of several that match, the earlier one fills the field.
 */
export const synonyms: Readonly<Record<Field, readonly string[]>> = {
  phone: words(`
    mobile mobilephone mobilenumber mobilephonenumber cell cellphone cellnumber
    handy handynummer mobil mobilnummer mobiltelefon mobilfunk mobilfunknummer
    portable telephoneportable numerodeportable telephonemobile
    movil telefonomovil celular telefonocelular cellulare telefonocellulare
    phone phonenumber telephone telephonenumber tel telno contactnumber msisdn e164
    telefon telefonnummer telnr rufnummer
    numerodetelephone numerotelephone telefono numerodetelefono numeroditelefono numerotelefono
    primaryphone phone1value phone1 workphone businessphone homephone`),
  firstName: words(`
    firstname givenname forename vorname rufname prenom nombre nombredepila primernombre nome`),
  lastName: words(`
    lastname surname familyname nachname familienname zuname nom nomdefamille
    apellido apellidos primerapellido cognome`),
  email: words(`
    email emailaddress mail mailaddress emailadresse mailadresse email1value courriel adresseemail adressemail
    correo correoelectronico indirizzoemail postaelettronica`),
  company: words(`
    company companyname organization organisation organizationname business businessname employer accountname
    firma firmenname unternehmen societe entreprise raisonsociale empresa compania razonsocial
    azienda ditta societa ragionesociale impresa`),
  title: words(`
    title jobtitle position role titel berufsbezeichnung funktion stelle titre poste fonction
    titulo cargo puesto titolo qualifica ruolo posizione`),
  timezone: words(`
    timezone tz ianatimezone zeitzone fuseauhoraire zonahoraria husohorario fusoorario`),
};
